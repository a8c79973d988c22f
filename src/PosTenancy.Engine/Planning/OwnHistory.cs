using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Planning;

/// <summary>PosTenancy's own table in a user's database: how it is created, and what it must contain to be written.</summary>
internal static class OwnHistory
{
    public const string Id = "id";
    public const string AppliedAt = "applied_at";
    public const string Kind = "kind";
    public const string Name = "name";
    public const string Checksum = "checksum";
    public const string TenantId = "tenant_id";
    public const string ColumnName = "column_name";
    public const string Tables = "tables";
    public const string Statements = "statements";
    public const string ProductVersion = "product_version";
    public const string SqliteVersion = "sqlite_version";
    public const string BackupSha256 = "backup_sha256";

    /// <summary>
    /// No CHECK and no UNIQUE: a later version with another kind or checksum must be able to write a table created by this one, without
    /// rebuilding it in a store's database.
    /// </summary>
    public const string CreateSql =
        $"""
        CREATE TABLE main.{HistoryPlan.OwnTable} (
            {Id} INTEGER PRIMARY KEY,
            {AppliedAt} TEXT NOT NULL,
            {Kind} TEXT NOT NULL,
            {Name} TEXT,
            {Checksum} TEXT NOT NULL,
            {TenantId} TEXT NOT NULL,
            {ColumnName} TEXT NOT NULL,
            {Tables} INTEGER NOT NULL,
            {Statements} INTEGER NOT NULL,
            {ProductVersion} TEXT NOT NULL,
            {SqliteVersion} TEXT NOT NULL,
            {BackupSha256} TEXT NOT NULL
        )
        """;

    /// <summary>Columns that a row of PosTenancy fills.</summary>
    public static IReadOnlyList<string> Columns { get; } =
        [Id, AppliedAt, Kind, Name, Checksum, TenantId, ColumnName, Tables, Statements, ProductVersion, SqliteVersion, BackupSha256];

    /// <summary>Why an existing table of that name cannot be written, or <see langword="null"/> if it can.</summary>
    public static string? Problem(TableSchema table)
    {
        List<string> missing = [.. Columns.Where(c => table.FindColumn(c) is not { Visibility: ColumnVisibility.Ordinary })];
        return missing.Count > 0
            ? $"it lacks the column{(missing.Count == 1 ? "" : "s")} {string.Join(", ", missing)} of PosTenancy's own history"
            : table.Columns.FirstOrDefault(c => !Columns.Contains(c.Name, Identifier.Comparer) && table.NeedsValue(c)) is { } unknown
                ? $"its column '{unknown.Name}' requires a value that this version does not know"
                : null;
    }
}
