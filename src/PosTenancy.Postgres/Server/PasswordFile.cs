using System.Globalization;
using System.Text;
using Npgsql;

namespace PosTenancy.Postgres.Server;

/// <summary>
/// The password from the file of <c>Passfile</c>, of PGPASSFILE, or <c>~/.pgpass</c>, by libpq's rules (libpq, "The Password File"). Npgsql
/// reads it as well, but also if others can, and fails if it is not there or has another line.
/// </summary>
internal static class PasswordFile
{
    /// <summary>Sets the password, if the settings and PGPASSWORD have none.</summary>
    /// <returns>Why a file was not used; <see langword="null"/> if that is not to be told.</returns>
    public static string? Apply(NpgsqlConnectionStringBuilder settings)
    {
        if (settings.Password is { Length: > 0 } || Environment.GetEnvironmentVariable("PGPASSWORD") is { Length: > 0 })
        {
            return null;
        }

        string? file = settings.Passfile is { Length: > 0 } chosen ? chosen
            : Environment.GetEnvironmentVariable("PGPASSFILE") is { Length: > 0 } named ? named
            : UserFiles.Find(".pgpass", "pgpass.conf");

        // Npgsql would look for itself; this is an empty file on every system.
        settings.Passfile = UserFiles.IsWindows ? "NUL" : "/dev/null";
        try
        {
            if (file is null || !File.Exists(file))
            {
                return null;
            }

            if (OthersHaveAccess(file))
            {
                return $"the password file '{file}' was not used, because others than its owner have access to it: chmod 600";
            }

            settings.Password = Find(File.ReadLines(file), Wanted(settings));
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"the password file '{file}' cannot be read: {exception.Message.TrimEnd('.')}";
        }
    }

    /// <summary>Whether the group or other users have any permission. libpq does not check this on Windows.</summary>
    private static bool OthersHaveAccess(string file)
    {
#if NET
        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        return !OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & ~Owner) != UnixFileMode.None;
#else
        return false;
#endif
    }

    /// <summary>Host, port, database and user. A socket is the host localhost.</summary>
    private static string[] Wanted(NpgsqlConnectionStringBuilder settings)
    {
        string user = settings.Username ?? Environment.GetEnvironmentVariable("PGUSER") ?? Environment.UserName;
        string host = settings.Host!;
        string port = settings.Port.ToString(CultureInfo.InvariantCulture);
        int colon = host.IndexOf(':');
        if (colon > 0 && colon == host.LastIndexOf(':'))
        {
            (host, port) = (host.Substring(0, colon), host.Substring(colon + 1));
        }

        return [host[0] is '/' or '@' ? "localhost" : host, port, settings.Database ?? user, user];
    }

    /// <summary>The password of the first line that fits; other lines are ignored.</summary>
    private static string? Find(IEnumerable<string> lines, string[] wanted) => lines
        .Where(l => l.Length > 0 && l[0] != '#')
        .Select(Fields)
        .FirstOrDefault(f => f.Count > wanted.Length && wanted.Select((w, i) => f[i].IsAny || f[i].Text == w).All(fits => fits))
        ?[wanted.Length].Text is { Length: > 0 } password ? password : null;

    /// <summary>The fields of a line: colons separate them, and a backslash takes the next character as it is.</summary>
    private static List<(string Text, bool IsAny)> Fields(string line)
    {
        List<(string Text, bool IsAny)> fields = [];
        StringBuilder field = new();
        int start = 0;
        for (int i = 0; i <= line.Length; i++)
        {
            if (i == line.Length || line[i] == ':')
            {
                fields.Add((field.ToString(), line.Substring(start, i - start) == "*"));
                _ = field.Clear();
                start = i + 1;
            }
            else
            {
                i += line[i] == '\\' && i + 1 < line.Length ? 1 : 0;
                _ = field.Append(line[i]);
            }
        }

        return fields;
    }
}
