using System.Text;
using Npgsql;

namespace PosTenancy.Postgres.Server;

/// <summary>The forms in which PostgreSQL's own programs take a connection (libpq, "Connection Strings").</summary>
internal static class ConnectionText
{
    /// <summary>libpq's names for what Npgsql names otherwise.</summary>
    private static readonly Dictionary<string, string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["dbname"] = "Database",
        ["user"] = "Username",
        ["sslmode"] = "SSL Mode",
        ["sslrootcert"] = "Root Certificate",
        ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key",
        ["sslpassword"] = "SSL Password",
        ["connect_timeout"] = "Timeout",
        ["application_name"] = "Application Name",
        ["client_encoding"] = "Client Encoding",
        ["target_session_attrs"] = "Target Session Attributes",
        ["krbsrvname"] = "Kerberos Service Name",
        ["hostaddr"] = "Host",
    };

    /// <summary>Whether the text separates its settings by spaces.</summary>
    public static bool IsLibpq(string text)
    {
        // Outside of single quotes, a semicolon separates the settings of Npgsql.
        bool hasSemicolon = text.Replace("\\'", "").Split('\'').Where((_, i) => i % 2 == 0).Any(part => part.IndexOf(';') >= 0);
        return !hasSemicolon && Tokens(text) is { Count: > 1 } tokens && tokens.TrueForAll(t => t.IndexOf('=') > 0);
    }

    /// <summary>Reads <c>host=a dbname=b</c>, and the settings of a service that it names.</summary>
    public static NpgsqlConnectionStringBuilder FromLibpq(string text)
    {
        List<KeyValuePair<string, string>> settings = [.. Tokens(text).Select(Split)];
        string? service = settings.Find(s => s.Key.Equals("service", StringComparison.OrdinalIgnoreCase)).Value;
        NpgsqlConnectionStringBuilder builder = service is null ? [] : ServiceFile.Find(service);
        foreach (KeyValuePair<string, string> setting in settings.Where(s => !s.Key.Equals("service", StringComparison.OrdinalIgnoreCase)))
        {
            Set(builder, setting.Key, setting.Value);
        }

        return builder;
    }

    /// <summary>Reads a postgresql:// address.</summary>
    public static NpgsqlConnectionStringBuilder FromUri(string text)
    {
        Uri uri = new(text, UriKind.Absolute);
        if (uri.Scheme is not ("postgresql" or "postgres"))
        {
            throw new FormatException();
        }

        NpgsqlConnectionStringBuilder builder = new() { Host = uri.Host };
        if (uri.Port > 0)
        {
            builder.Port = uri.Port;
        }

        if (uri.AbsolutePath.Length > 1)
        {
            builder.Database = Uri.UnescapeDataString(uri.AbsolutePath.Substring(1));
        }

        string[] user = uri.UserInfo.Split([':'], 2);
        if (user[0].Length > 0)
        {
            builder.Username = Uri.UnescapeDataString(user[0]);
        }

        if (user.Length > 1)
        {
            builder.Password = Uri.UnescapeDataString(user[1]);
        }

        foreach (string setting in uri.Query.TrimStart('?').Split(['&'], StringSplitOptions.RemoveEmptyEntries))
        {
            (string key, string value) = (Split(setting).Key, Split(setting).Value);
            Set(builder, key, Uri.UnescapeDataString(value));
        }

        return builder;
    }

    /// <summary>Sets a setting under libpq's name or Npgsql's.</summary>
    public static void Set(NpgsqlConnectionStringBuilder builder, string name, string value) =>
        builder[Names.TryGetValue(name, out string? other) ? other : name] =
            name.Equals("sslmode", StringComparison.OrdinalIgnoreCase) ? value.Replace("-", "") : value;

    private static KeyValuePair<string, string> Split(string setting)
    {
        int equals = setting.IndexOf('=');
        return equals < 1
            ? throw new FormatException()
            : new KeyValuePair<string, string>(setting.Substring(0, equals).Trim(), setting.Substring(equals + 1).Trim());
    }

    /// <summary>
    /// The settings of a text: a value in single quotes may contain spaces, and a backslash takes the next character as it is.
    /// </summary>
    private static List<string> Tokens(string text)
    {
        List<string> tokens = [];
        StringBuilder token = new();
        bool isQuoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '\\' && i + 1 < text.Length)
            {
                _ = token.Append(text[++i]);
            }
            else if (c == '\'')
            {
                isQuoted = !isQuoted;
            }
            else if (char.IsWhiteSpace(c) && !isQuoted)
            {
                if (token.Length > 0)
                {
                    tokens.Add(token.ToString());
                    _ = token.Clear();
                }
            }
            else
            {
                _ = token.Append(c);
            }
        }

        return token.Length == 0 ? tokens : [.. tokens, token.ToString()];
    }
}
