using System.Data.Common;

namespace PosTenancy.Postgres.Server;

/// <summary>
/// The forms in which a connection is given (libpq, "Connection Strings"; Npgsql, "Connection String Parameters"), as names and values.
/// </summary>
internal static class ConnectionText
{
    /// <summary>Reads a connection string of Npgsql or libpq, a postgresql:// address, or the name of a service.</summary>
    /// <exception cref="FormatException">It is none of these.</exception>
    public static Dictionary<string, string> Read(string text)
    {
        Dictionary<string, string> settings = text.IndexOf("://", StringComparison.Ordinal) >= 0 ? FromUri(text)
            : text.IndexOf('=') < 0 ? New([new("service", text)])
            : FromLibpq(text) ?? FromNpgsql(text);
        if (!settings.TryGetValue("service", out string? service))
        {
            return settings;
        }

        // What is given takes the place of what the service says.
        _ = settings.Remove("service");
        return New(ServiceFile.Find(service).Where(s => !settings.ContainsKey(s.Key)).Concat(settings));
    }

    /// <summary>Settings, whose names have no case; of two with one name the last.</summary>
    public static Dictionary<string, string> New(IEnumerable<KeyValuePair<string, string>> settings)
    {
        Dictionary<string, string> all = new(StringComparer.OrdinalIgnoreCase);
        foreach (KeyValuePair<string, string> setting in settings)
        {
            all[setting.Key] = setting.Value;
        }

        return all;
    }

    /// <summary>
    /// <c>host=a dbname='b c'</c>: settings are separated by spaces, and a backslash takes the next character as it is.
    /// <see langword="null"/> for another form: outside of quotes, a semicolon separates the settings of Npgsql.
    /// </summary>
    private static Dictionary<string, string>? FromLibpq(string text)
    {
        List<KeyValuePair<string, string>> settings = [];
        LibpqText rest = new(text);
        while (!rest.IsAtEnd)
        {
            if (rest.ReadName() is not { Length: > 0 } name || rest.ReadValue() is not { } value)
            {
                return null;
            }

            settings.Add(new(name, value));
        }

        return New(settings);
    }

    private static Dictionary<string, string> FromNpgsql(string text)
    {
        DbConnectionStringBuilder parts = new() { ConnectionString = text };
        return New(parts.Keys.Cast<string>().Select(k => new KeyValuePair<string, string>(k, (string)parts[k])));
    }

    private static Dictionary<string, string> FromUri(string text)
    {
        Uri uri = new(text, UriKind.Absolute);
        string[] user = uri.UserInfo.Split([':'], 2);
        string path = uri.AbsolutePath.TrimStart('/');
        if (uri.Scheme is not ("postgresql" or "postgres"))
        {
            throw new FormatException();
        }

        if (uri.Fragment.Length > 0 || path.IndexOfAny(['@', '/', ':']) >= 0)
        {
            // A part of the password would be taken for the name of the database, and be shown.
            throw new ConnectionException("in an address, a user, password and database are escaped: %40 for @, %2F for /, %3A for :, %23 for #");
        }

        List<KeyValuePair<string, string>> settings =
        [
            new("host", uri.Host),
            new("port", uri.Port > 0 ? uri.Port.ToString(System.Globalization.CultureInfo.InvariantCulture) : ""),
            new("dbname", path),
            new("user", user[0]),
            new("password", user.Length > 1 ? user[1] : ""),
            .. uri.Query.TrimStart('?').Split(['&'], StringSplitOptions.RemoveEmptyEntries).Select(Split),
        ];
        return New(settings.Where(s => s.Value.Length > 0).Select(s =>
            new KeyValuePair<string, string>(Uri.UnescapeDataString(s.Key), Uri.UnescapeDataString(s.Value))));
    }

    private static KeyValuePair<string, string> Split(string setting)
    {
        int equals = setting.IndexOf('=');
        return equals < 1 ? throw new FormatException() : new(setting.Substring(0, equals), setting.Substring(equals + 1));
    }
}
