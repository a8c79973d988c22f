using Npgsql;

namespace PosTenancy.Postgres.Server;

/// <summary>
/// The settings of a connection. Each that libpq has (libpq, "Parameter Key Words") has an equal in Npgsql, or is refused by its name: one
/// that was ignored could be the one on which the security of the connection depends.
/// </summary>
internal static class ConnectionSettings
{
    private const string SslMode = "SSL Mode";

    /// <summary>libpq's names for what Npgsql names otherwise.</summary>
    private static readonly Dictionary<string, string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["dbname"] = "Database",
        ["user"] = "Username",
        ["hostaddr"] = "Host",
        ["connect_timeout"] = "Timeout",
        ["application_name"] = "Application Name",
        ["fallback_application_name"] = "Application Name",
        ["client_encoding"] = "Client Encoding",
        ["target_session_attrs"] = "Target Session Attributes",
        ["load_balance_hosts"] = "Load Balance Hosts",
        ["keepalives"] = "TCP Keepalive",
        ["keepalives_idle"] = "TCP Keepalive Time",
        ["keepalives_interval"] = "TCP Keepalive Interval",
        ["krbsrvname"] = "Kerberos Service Name",
        ["channel_binding"] = "Channel Binding",
        ["require_auth"] = "Require Auth",
        ["gssencmode"] = "GSS Encryption Mode",
        ["sslmode"] = "SSL Mode",
        ["sslnegotiation"] = "SSL Negotiation",
        ["sslrootcert"] = "Root Certificate",
        ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key",
        ["sslpassword"] = "SSL Password",
    };

    /// <summary>Those without an equal, at least in the Npgsql for Windows PowerShell, with the value that means what is done anyway.</summary>
    private static readonly Dictionary<string, string?> Without = new(StringComparer.OrdinalIgnoreCase)
    {
        ["gssencmode"] = "prefer",
        ["sslnegotiation"] = "postgres",
        ["sslcompression"] = "0",
        ["sslsni"] = "1",
        ["replication"] = "false",
        ["gssdelegation"] = "0",
        ["sslcertmode"] = "allow",
        ["ssl_min_protocol_version"] = null,
        ["ssl_max_protocol_version"] = null,
        ["min_protocol_version"] = null,
        ["max_protocol_version"] = null,
        ["sslcrl"] = null,
        ["sslcrldir"] = null,
        ["sslkeylogfile"] = null,
        ["requirepeer"] = null,
        ["keepalives_count"] = null,
        ["tcp_user_timeout"] = null,
        ["gsslib"] = null,
        ["scram_client_key"] = null,
        ["scram_server_key"] = null,
        ["oauth_issuer"] = null,
        ["oauth_client_id"] = null,
        ["oauth_client_secret"] = null,
        ["oauth_scope"] = null,
        ["service"] = null,
        ["servicefile"] = null,
    };

    /// <summary>Makes the settings of Npgsql.</summary>
    /// <exception cref="ConnectionException">A setting has no equal, or another value than it can have.</exception>
    /// <exception cref="FormatException">A setting is unknown. The message does not name it: it may be a part of a password.</exception>
    public static NpgsqlConnectionStringBuilder Make(IReadOnlyDictionary<string, string> settings)
    {
        if (settings.ContainsKey("host") && settings.ContainsKey("hostaddr"))
        {
            throw new ConnectionException("host and hostaddr cannot both be honored; name one of them");
        }

        NpgsqlConnectionStringBuilder made = [];
        foreach (KeyValuePair<string, string> setting in settings)
        {
            Set(made, setting.Key, setting.Value);
        }

        if (!made.ShouldSerialize(SslMode) && Environment.GetEnvironmentVariable("PGSSLMODE") is { Length: > 0 } mode)
        {
            Set(made, "sslmode", mode);
        }

        // With a root certificate, libpq verifies that of the server (libpq, "SSL Support"); Npgsql would not.
        if (made.SslMode == Npgsql.SslMode.Require && HasRoot(made))
        {
            made.SslMode = Npgsql.SslMode.VerifyCA;
        }

        // The values are sent as UTF-8: in another encoding PostgreSQL would convert them, and convert them back for the proof.
        made.ClientEncoding = made.Encoding = "UTF8";
        return made;
    }

    private static bool HasRoot(NpgsqlConnectionStringBuilder made) => made.RootCertificate is not null ||
        Environment.GetEnvironmentVariable("PGSSLROOTCERT") is { Length: > 0 } ||
        (UserFiles.Find(Path.Combine(".postgresql", "root.crt"), "root.crt") is { } own && File.Exists(own));

    private static void Set(NpgsqlConnectionStringBuilder made, string name, string value)
    {
        string known = Names.TryGetValue(name, out string? other) ? other : name;
        if (Without.TryGetValue(name, out string? same) && (other is null || !made.ContainsKey(known)))
        {
            if (!value.Equals(same, StringComparison.OrdinalIgnoreCase))
            {
                throw new ConnectionException($"the setting {name}{(same is null ? "" : $" with another value than {same}")} cannot be honored");
            }
        }
        else if (!made.ContainsKey(known))
        {
            throw other is null ? new FormatException() : new ConnectionException($"the setting {name} cannot be honored");
        }
        else if (name.Equals("sslrootcert", StringComparison.OrdinalIgnoreCase) && value == "system")
        {
            made.SslMode = Npgsql.SslMode.VerifyFull;
        }
        else if (!name.StartsWith("fallback", StringComparison.OrdinalIgnoreCase) || !made.ShouldSerialize(known))
        {
            try
            {
                made[known] = Value(known, value);
            }
            catch (ArgumentException)
            {
                throw new ConnectionException($"the value of the setting {name} cannot be used");
            }
        }
    }

    /// <summary>The value as Npgsql spells it.</summary>
    private static string Value(string known, string value) => known.ToUpperInvariant() switch
    {
        "SSL MODE" or "SSLMODE" => value.Replace("-", ""),
        "TCP KEEPALIVE" => value == "0" ? "false" : value == "1" ? "true" : value,
        "REQUIRE AUTH" => string.Join(",", value.Split(',').Select(AuthMode)),
        "LOAD BALANCE HOSTS" => value == "random" ? "true" : value == "disable" ? "false" : value,

        // Without an end, as Npgsql's 0.
        "TIMEOUT" when value.StartsWith("-", StringComparison.Ordinal) => "0",
        _ => value,
    };

    /// <summary>A method as Npgsql spells it, whose names have a case.</summary>
    private static string AuthMode(string method) => method.Trim().ToUpperInvariant() switch
    {
        "PASSWORD" => "Password",
        "!PASSWORD" => "!Password",
        "SCRAM-SHA-256" => "ScramSHA256",
        "!SCRAM-SHA-256" => "!ScramSHA256",
        "NONE" => "None",
        "!NONE" => "!None",
        string other => other,
    };
}
