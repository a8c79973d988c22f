using System.Globalization;
using System.Net;
using Npgsql;

namespace PosTenancy.Postgres.Server;

/// <summary>Where a PostgreSQL database is. Its text never contains the password.</summary>
internal sealed class Destination
{
    private readonly string _connectionString;

    private Destination(NpgsqlConnectionStringBuilder settings)
    {
        // No pool: it would keep the password and open connections until the process ends.
        settings.Pooling = false;
        settings.Enlist = false;
        settings.CommandTimeout = 0;
        settings.TcpKeepAlive = true;
        settings.IncludeErrorDetail = true;
        settings.PersistSecurityInfo = false;
        settings.ApplicationName ??= "PosTenancy";
        _connectionString = settings.ConnectionString;
        Name = string.Format(
            CultureInfo.InvariantCulture,
            "{0}:{1}/{2}{3}",
            settings.Host,
            settings.Port,
            settings.Database ?? settings.Username,
            settings.Username is null ? "" : $" as {settings.Username}");
    }

    /// <summary>Host, port, database and user.</summary>
    public string Name { get; }

    /// <summary>Reads a connection string of Npgsql or libpq, a postgresql:// address, or the name of a service.</summary>
    /// <param name="path">Full path of the database that is copied, for messages.</param>
    /// <param name="text">The text.</param>
    /// <param name="credential">User and password that take the place of those in the text.</param>
    /// <exception cref="PosTenancyException">It is none of these. The message does not contain it.</exception>
    public static Destination Parse(string path, string text, NetworkCredential? credential)
    {
        NpgsqlConnectionStringBuilder settings;
        try
        {
            settings = text.IndexOf("://", StringComparison.Ordinal) >= 0 ? ConnectionText.FromUri(text)
                : text.IndexOf('=') < 0 ? ServiceFile.Find(text)
                : ConnectionText.IsLibpq(text) ? ConnectionText.FromLibpq(text)
                : new NpgsqlConnectionStringBuilder(text);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or IOException or UnauthorizedAccessException)
        {
            // Npgsql's message may quote a value, so it is not passed on; nor is the exception.
            throw Errors.InvalidDestination(
                path,
                exception is ServiceException ? exception.Message : "it is no connection string, address or service that can be read");
        }

        if (credential is not null)
        {
            settings.Username = credential.UserName;
            settings.Password = credential.Password;
        }

        if (string.IsNullOrEmpty(settings.Host))
        {
            throw Errors.InvalidDestination(path, "it names no host");
        }

        return new Destination(settings);
    }

    /// <summary>Opens a connection.</summary>
    /// <param name="path">Full path of the database that is copied, for messages.</param>
    /// <param name="cancellation">Cancels the opening.</param>
    /// <exception cref="PosTenancyException">The server cannot be reached, or refuses the user.</exception>
    public NpgsqlConnection Open(string path, CancellationToken cancellation)
    {
        NpgsqlConnection connection = new(_connectionString);
        try
        {
            connection.OpenAsync(cancellation).GetAwaiter().GetResult();
            return connection;
        }
        catch (Exception exception) when (exception is NpgsqlException or IOException or InvalidOperationException or TimeoutException)
        {
            connection.Dispose();
            throw Errors.TargetUnavailable(path, Name, exception);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Host, port, database and user.</summary>
    public override string ToString() => Name;
}
