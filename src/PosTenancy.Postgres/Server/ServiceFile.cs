namespace PosTenancy.Postgres.Server;

/// <summary>Services: connections with a name, in a file that libpq's programs share (libpq, "The Connection Service File").</summary>
internal static class ServiceFile
{
    /// <summary>The settings of a service; of two with one name the first counts.</summary>
    /// <exception cref="ConnectionException">No file has it, or a file cannot be read.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>> Find(string service)
    {
        string[] files = [.. Files().Where(File.Exists)];
        foreach (string file in files)
        {
            if (Read(file, service) is { } settings)
            {
                return settings;
            }
        }

        throw new ConnectionException(
            $"there is no service '{service}' in " +
                (files.Length == 0 ? "any service file" : string.Join(" or ", files.Select(f => $"'{f}'"))));
    }

    private static IEnumerable<string> Files()
    {
        if (Environment.GetEnvironmentVariable("PGSERVICEFILE") is { Length: > 0 } named)
        {
            yield return named;
        }
        else if (UserFiles.Find(".pg_service.conf", ".pg_service.conf") is { } own)
        {
            yield return own;
        }

        if (Environment.GetEnvironmentVariable("PGSYSCONFDIR") is { Length: > 0 } folder)
        {
            yield return Path.Combine(folder, "pg_service.conf");
        }

        yield return "/etc/postgresql-common/pg_service.conf";
    }

    private static List<KeyValuePair<string, string>>? Read(string file, string service)
    {
        List<KeyValuePair<string, string>>? settings = null;
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
            else if (settings is not null)
            {
                int equals = line.IndexOf('=');
                settings.Insert(0, equals > 0
                    ? new(line.Substring(0, equals).Trim(), line.Substring(equals + 1).Trim())
                    : throw new ConnectionException($"a line of the service '{service}' in '{file}' has no name with an equal sign"));
            }
        }

        return settings;
    }
}
