using System.Collections;
using System.Globalization;
using System.Management.Automation;
using PosTenancy.Engine.Fleet;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Scripts;

namespace PosTenancy.Commands;

/// <summary>
/// Reads the rows of a rollout: of a CSV file, or objects with the same properties. A value of a row goes before one for all.
/// </summary>
/// <param name="defaults">The options for all stores, by parameter.</param>
/// <param name="resolve">Makes a full path of one that is relative to PowerShell's location.</param>
internal sealed class FleetRowReader(IDictionary defaults, Func<string, string> resolve)
{
    /// <summary>Options of an upgrade that name a file or folder of this machine.</summary>
    private static readonly string[] Locations = ["Destination", "Script"];

    private static readonly string[] OptionNames =
    [
        "ColumnName", "Destination", "ExcludeTable", "HistoryTable", "IndexStrategy", "LockTimeout", "ReferenceTable", "Script",
        "SkipRehearsal", "Target", "TenantFor", "UniqueScope",
    ];

    private static readonly string[] SshNames = ["UserName", "Port", "KeyFilePath"];

    private readonly Dictionary<string, MigrationScript> _scripts = new(StringComparer.Ordinal);

    /// <summary>Reads a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="index">Its place, from 0.</param>
    /// <exception cref="PosTenancyException">A value is missing or cannot be one.</exception>
    public FleetItem Read(PSObject row, int index)
    {
        string path = Require(row, index, "Path");
        string tenantId = Require(row, index, "TenantId");
        string? hostName = Text(row, "HostName");
        string? computerName = Text(row, "ComputerName");
        if (hostName is not null && computerName is not null)
        {
            throw Invalid(index, "has a HostName and a ComputerName: name the one for SSH, or the one for WinRM");
        }

        bool isRemote = hostName is not null || computerName is not null;
        Hashtable parameters = Parameters(row, index, isRemote);
        Hashtable connection = Connection(row, index, hostName, computerName);

        // A remote path means what it means there; the options are checked here as well, before anything runs.
        UpgradeOptions options = Options(tenantId, parameters, index);
        string text = string.Join("\n", OptionNames.Where(parameters.ContainsKey).Select(n => $"{n}={Canonical(parameters[n])}"));
        FleetStore store = new(isRemote ? path : resolve(path), hostName ?? computerName, tenantId, text);
        return new FleetItem(index, store, connection, parameters, isRemote ? null : options);
    }

    private static PosTenancyException Invalid(int index, string what) => FleetStores.InvalidRow(index + 1, what);

    private static string Require(PSObject row, int index, string column) =>
        row.Properties[column] is null ? throw Invalid(index, $"has no column {column}")
        : Text(row, column) ?? throw Invalid(index, $"has no {column}");

    private static string? Text(PSObject row, string column) =>
        LanguagePrimitives.ConvertTo<string>(row.Properties[column]?.Value) is { } text && text.Trim().Length > 0 ? text : null;

    private static string Canonical(object? value) => value switch
    {
        string[] texts => string.Join("\u001f", texts),
        Hashtable tenants => string.Join("\u001f", TableTenants.From(tenants)),
        _ => LanguagePrimitives.ConvertTo<string>(value),
    };

    private Hashtable Connection(PSObject row, int index, string? hostName, string? computerName)
    {
        Hashtable connection = new(StringComparer.OrdinalIgnoreCase);
        if (hostName is not null)
        {
            connection["HostName"] = hostName;
            foreach (string name in SshNames)
            {
                if (Text(row, name) is { } value)
                {
                    connection[name] = name switch
                    {
                        "Port" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int port) => port,
                        "Port" => throw Invalid(index, $"has the Port '{value}', which is no number"),
                        "KeyFilePath" => resolve(value),
                        _ => value,
                    };
                }
            }
        }
        else if (computerName is not null)
        {
            connection["ComputerName"] = computerName;
        }

        return connection;
    }

    private Hashtable Parameters(PSObject row, int index, bool isRemote)
    {
        Hashtable parameters = new(StringComparer.OrdinalIgnoreCase);
        foreach (string name in OptionNames)
        {
            object? value = row.Properties[name]?.Value is { } given && Text(row, name) is not null ? given
                : defaults.Contains(name) ? defaults[name]
                : null;
            if (value is null)
            {
                continue;
            }

            try
            {
                parameters[name] = name switch
                {
                    "ExcludeTable" or "ReferenceTable" => LanguagePrimitives.ConvertTo<string[]>(value),
                    "TenantFor" => LanguagePrimitives.ConvertTo<Hashtable>(value),
                    "SkipRehearsal" => value is SwitchParameter skip ? skip.IsPresent : bool.Parse($"{value}"),
                    "LockTimeout" => Seconds(value, isJudgedByEngine: false),
                    "Target" => Seconds(value, isJudgedByEngine: true),
                    "UniqueScope" => LanguagePrimitives.ConvertTo<UniqueScope>(value).ToString(),
                    "IndexStrategy" => LanguagePrimitives.ConvertTo<IndexStrategy>(value).ToString(),
                    _ when Locations.Contains(name) && (name == "Script" || !isRemote) => resolve($"{value}"),
                    _ => $"{value}",
                };
            }
            catch (Exception exception)
                when (exception is PSInvalidCastException or FormatException or ArgumentTransformationMetadataException)
            {
                throw Invalid(index, $"has the {name} '{value}', which it cannot be: {exception.Message.TrimEnd('.')}");
            }
        }

        return parameters;
    }

    private static TimeSpan Seconds(object value, bool isJudgedByEngine) => LanguagePrimitives.ConvertTo<TimeSpan>(
        new SecondsAttribute { IsJudgedByEngine = isJudgedByEngine }.Transform(null!, value));

    private UpgradeOptions Options(string tenantId, Hashtable parameters, int index)
    {
        try
        {
            MigrationOptions migration = new(tenantId, (string?)parameters["ColumnName"])
            {
                ExcludeTable = (string[]?)parameters["ExcludeTable"] ?? [],
                ReferenceTable = (string[]?)parameters["ReferenceTable"] ?? [],
                TenantFor = TableTenants.From((Hashtable?)parameters["TenantFor"] ?? []),
                UniqueScope = LanguagePrimitives.ConvertTo<UniqueScope>(parameters["UniqueScope"] ?? UniqueScope.Database),
                IndexStrategy = LanguagePrimitives.ConvertTo<IndexStrategy>(parameters["IndexStrategy"] ?? IndexStrategy.Separate),
                HistoryTable = (string?)parameters["HistoryTable"],
            };
            return new UpgradeOptions(parameters["Script"] is string script ? migration with { Script = ReadScript(script) } : migration)
            {
                Destination = (string?)parameters["Destination"],
                SkipRehearsal = parameters["SkipRehearsal"] is true,
                LockTimeout = (TimeSpan?)parameters["LockTimeout"],
                Target = (TimeSpan?)parameters["Target"],
            };
        }
        catch (PosTenancyException exception)
        {
            throw Invalid(index, $"cannot be used: {exception.Message.TrimEnd('.')}");
        }
    }

    private MigrationScript ReadScript(string path)
    {
        if (!_scripts.TryGetValue(path, out MigrationScript? script))
        {
            script = ScriptFile.Read(path);
            _scripts[path] = script;
        }

        return script;
    }
}
