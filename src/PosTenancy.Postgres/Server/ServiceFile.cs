using Npgsql;

namespace PosTenancy.Postgres.Server;

/// <summary>A service is not to be had; the message says why.</summary>
internal sealed class ServiceException(string message) : ArgumentException(message);

/// <summary>Services: connections with a name, in a file that libpq's programs share (libpq, "The Connection Service File").</summary>
internal static class ServiceFile
{
    /// <summary>The settings of a service.</summary>
    /// <exception cref="ServiceException">No file has it.</exception>
    public static NpgsqlConnectionStringBuilder Find(string service)
    {
        string[] files = [.. Files().Where(File.Exists)];
        foreach (string file in files)
        {
            if (Read(file, service) is { } settings)
            {
                return settings;
            }
        }

        throw new ServiceException(
            $"there is no service '{service}' in " +
                (files.Length == 0 ? "any service file" : string.Join(" or ", files.Select(f => $"'{f}'"))));
    }

    private static IEnumerable<string> Files()
    {
        if (Environment.GetEnvironmentVariable("PGSERVICEFILE") is { Length: > 0 } named)
        {
            yield return named;
        }
        else if (Path.DirectorySeparatorChar == '\\')
        {
            yield return Path.Combine(
                Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "postgresql", ".pg_service.conf");
        }
        else if (Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home)
        {
            yield return Path.Combine(home, ".pg_service.conf");
        }

        if (Environment.GetEnvironmentVariable("PGSYSCONFDIR") is { Length: > 0 } folder)
        {
            yield return Path.Combine(folder, "pg_service.conf");
        }

        yield return "/etc/postgresql-common/pg_service.conf";
    }

    private static NpgsqlConnectionStringBuilder? Read(string file, string service)
    {
        NpgsqlConnectionStringBuilder? settings = null;
        foreach (string line in File.ReadLines(file).Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#'))
        {
            if (line[0] == '[')
            {
                if (settings is not null)
                {
                    return settings;
                }

                settings = line == $"[{service}]" ? [] : null;
            }
            else if (settings is not null && line.IndexOf('=') is > 0 and int equals)
            {
                ConnectionText.Set(settings, line.Substring(0, equals).Trim(), line.Substring(equals + 1).Trim());
            }
        }

        return settings;
    }
}
