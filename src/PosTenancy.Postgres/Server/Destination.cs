using System.Globalization;
using System.Net;
using Npgsql;

namespace PosTenancy.Postgres.Server;

/// <summary>Where a PostgreSQL database is. Its text never contains the password.</summary>
internal sealed class Destination
{
    private readonly string _connectionString;
    private readonly string? _passwordFile;
    private readonly bool _mustWrite;

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
        _passwordFile = PasswordFile.Apply(settings);
        _mustWrite = settings.TargetSessionAttributes is "primary" or "read-write" && !HasSeveralHosts(settings);
        if (_mustWrite)
        {
            settings.TargetSessionAttributes = null;
        }

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
            settings = ConnectionSettings.Make(ConnectionText.Read(text));
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or IOException or UnauthorizedAccessException)
        {
            // Npgsql's message may quote a value, so it is not passed on; nor is the exception.
            throw Errors.InvalidDestination(
                path,
                exception is ConnectionException ? exception.Message : "it is no connection string, address or service that can be read");
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

        if (new[] { settings.Host, settings.Database, settings.Username }.Any(v => v?.IndexOf('=') >= 0))
        {
            // Such a value has swallowed the settings after it, which may be a password, and it would be shown.
            throw Errors.InvalidDestination(path, "settings are separated either by semicolons or by spaces; quote a value that has them");
        }

        return new Destination(settings);
    }

    /// <summary>Opens a connection.</summary>
    /// <param name="path">Full path of the database that is copied, for messages.</param>
    /// <param name="cancellation">Cancels the opening.</param>
    /// <exception cref="PosTenancyException">The server cannot be reached, or refuses the user.</exception>
    public NpgsqlConnection Open(string path, CancellationToken cancellation)
    {
        NpgsqlConnection? connection = null;
        try
        {
            connection = new NpgsqlConnection(_connectionString);
            connection.OpenAsync(cancellation).GetAwaiter().GetResult();
            RequireWritable(connection);
            return connection;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Whatever Npgsql cannot do: read a certificate, resolve the host, agree on TLS, log in.
            connection?.Dispose();
            throw Errors.TargetUnavailable(path, Name, Why(exception), exception);
        }
        catch
        {
            connection?.Dispose();
            throw;
        }
    }

    /// <summary>Host, port, database and user.</summary>
    public override string ToString() => Name;

    private static bool HasSeveralHosts(NpgsqlConnectionStringBuilder settings) => settings.Host!.IndexOf(',') >= 0;

    /// <summary>Npgsql honors target_session_attrs with several hosts alone.</summary>
    private void RequireWritable(NpgsqlConnection connection)
    {
        using NpgsqlCommand command = new("SELECT pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on'", connection);
        if (_mustWrite && command.ExecuteScalar() is true)
        {
            throw new InvalidOperationException("The session is read-only, which target_session_attrs excludes");
        }
    }

    /// <summary>The message, with that of what was behind it: only there is why TLS failed.</summary>
    private string Why(Exception exception)
    {
        IEnumerable<string> messages = new[] { exception.Message, exception.InnerException?.Message, _passwordFile }
            .Where(m => !string.IsNullOrEmpty(m))
            .Select(m => m!.TrimEnd('.'))
            .Distinct(StringComparer.Ordinal);
        return string.Join("; ", messages);
    }
}
