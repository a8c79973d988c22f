using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Tenants;

/// <summary>
/// What an import leaves beside the database: how the keys of the tenant are mapped back to those of its source, and the digests that its
/// rows had there. The history of the database has the name and the SHA-256 of the file.
/// </summary>
internal sealed record KeyMapFile
{
    public const string FormatName = "PosTenancy.KeyMap";
    public const int CurrentVersion = 1;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    };

    public string Format { get; init; } = FormatName;

    public int Version { get; init; } = CurrentVersion;

    /// <summary>Full path of the database when the tenant was imported.</summary>
    public string Database { get; init; } = "";

    public string TenantId { get; init; } = "";

    public string ColumnName { get; init; } = "";

    /// <summary>Full path of the source.</summary>
    public string Source { get; init; } = "";

    /// <summary>The tenant that the rows had there; <see langword="null"/> if the source had no tenant column.</summary>
    public string? SourceTenantId { get; init; }

    public DateTimeOffset ImportedAt { get; init; }

    public string Product { get; init; } = ProductVersion.Name;

    public IReadOnlyList<StoredRule> Rules { get; init; } = [];

    public IReadOnlyList<Declaration> Declarations { get; init; } = [];

    /// <summary>The rows of the source, table by table.</summary>
    public IReadOnlyList<StoredDigest> Tables { get; init; } = [];

    /// <summary>SHA-256 of the digests: two sources with the same rows have the same.</summary>
    [JsonIgnore]
    public string SourceDigest => Checksum.Compute(string.Join("\n", Tables.Select(t => $"{t.Table} {t.Rows} {t.Sum}")));

    /// <summary>The name of a key map, beside the database.</summary>
    /// <param name="path">Full path of the database.</param>
    /// <param name="at">When the run began.</param>
    /// <param name="taken">Names that this run has given already.</param>
    public static string PathFor(string path, DateTimeOffset at, ICollection<string> taken) => FreeName.Find(
        $"{path}.keymap-{FileStamp.Format(at)}",
        "-",
        name => File.Exists(name + ".json") || taken.Contains(name + ".json")) + ".json";

    /// <summary>The bytes of the file.</summary>
    public byte[] ToBytes() => Encoding.UTF8.GetBytes(JsonSerializer.Serialize(this, Json) + "\n");

    /// <summary>Reads a key map.</summary>
    /// <param name="database">The database, for the error.</param>
    /// <param name="tenantId">The tenant, for the error.</param>
    /// <param name="path">Full path of the file.</param>
    /// <param name="sha256">What the history says that its SHA-256 is.</param>
    /// <exception cref="PosTenancyException">It is missing or was changed.</exception>
    public static KeyMapFile Read(string database, string tenantId, string path, string sha256)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Errors.KeyMapLost(database, tenantId, path, $"cannot be read: {exception.Message.TrimEnd('.')}", exception);
        }

        if (Checksum.Compute(bytes) != sha256)
        {
            throw Errors.KeyMapLost(database, tenantId, path, "was changed: its SHA-256 is not that in the history of the database");
        }

        KeyMapFile? map = Parse(bytes);
        return map is { Format: FormatName, Version: CurrentVersion }
            ? map
            : throw Errors.KeyMapLost(database, tenantId, path, $"has version {map?.Version}, which this release does not know");
    }

    /// <summary>The content of a key map, unverified.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static KeyMapFile? Parse(byte[] bytes) => JsonSerializer.Deserialize<KeyMapFile>(bytes, Json);

    /// <summary>How the values of one domain are mapped back.</summary>
    internal sealed record StoredRule(IReadOnlyList<string> Columns, long Count)
    {
        /// <summary>Pairs of the first and the last integer of a range.</summary>
        public IReadOnlyList<long[]>? Integers { get; init; }

        public long? Distance { get; init; }

        public string? Ending { get; init; }

        /// <summary>What is kept of a rule.</summary>
        /// <param name="rule">The rule.</param>
        /// <param name="count">How many keys it changes.</param>
        public static StoredRule From(KeyRule rule, long count) => new(rule.Columns, count)
        {
            Integers = rule.Integers.IsEmpty ? null : [.. rule.Integers.Ranges.Select(r => new[] { r.First, r.Last })],
            Distance = rule.Integers.IsEmpty ? null : rule.Distance,
            Ending = rule.Texts.IsEmpty ? null : Encoding.UTF8.GetString(rule.Ending),
        };

        /// <summary>The rule, as far as it is needed to map back.</summary>
        public KeyRule ToRule()
        {
            KeyRanges integers = new();
            foreach (long[] range in Integers ?? [])
            {
                integers.Add(range[0], range[1]);
            }

            return new KeyRule(Columns)
            {
                Integers = integers,
                Distance = Distance ?? 0,
                Texts = Ending is null ? new TextKeys() : TextKeys.All,
                Ending = Encoding.UTF8.GetBytes(Ending ?? ""),
            };
        }
    }

    /// <summary>The rows of one table of the source.</summary>
    /// <param name="Table">Name of the table.</param>
    /// <param name="Rows">How many they are.</param>
    /// <param name="Sum">Digest of all columns but the tenant's.</param>
    /// <param name="Content">Digest of the columns that no rule changes.</param>
    internal sealed record StoredDigest(string Table, long Rows, string Sum, string Content)
    {
        public static StoredDigest From(string table, RowDigest all, RowDigest content) => new(table, all.Rows, all.Sum, content.Sum);
    }
}
