using System.Text.Json;

namespace PosTenancy.Engine.Reporting;

/// <summary>An import for programs, as docs/import.schema.json describes it.</summary>
internal sealed record ImportJson(
    string Schema,
    int Version,
    string Path,
    DateTimeOffset StartedAt,
    TimeSpan Duration,
    string ProductVersion,
    string SqliteVersion,
    int Total,
    int Done,
    IReadOnlyList<ImportStatusFigures> Statuses,
    string? BackupPath,
    string? ManifestPath,
    string? Sha256,
    ProvedBy? ProvedBy,
    TimeSpan? RehearsalDuration,
    string? Recovery,
    IReadOnlyList<ImportCheckJson> Checks,
    IReadOnlyList<ImportSourceJson> Sources)
{
    public const string SchemaName = "PosTenancy.ImportReport";

    public static string Render(TenantImportRun run) => JsonReport.Text(JsonSerializer.Serialize(From(run), JsonReport.Options));

    private static ImportJson From(TenantImportRun run) => new(
        SchemaName,
        Version: 1,
        run.Path,
        run.StartedAt,
        run.Duration,
        run.ProductVersion,
        run.SqliteVersion,
        run.Results.Count,
        run.Done(),
        run.Statuses(),
        run.Backup()?.BackupPath,
        run.Backup()?.ManifestPath,
        run.Backup()?.Sha256,
        run.ProvedBy(),
        run.Rehearsal()?.Duration,
        run.Recovery(),
        [.. run.Checks().Select(ImportCheckJson.From)],
        [.. run.Results.Select(ImportSourceJson.From)]);
}

/// <summary>One source of an import for programs.</summary>
internal sealed record ImportSourceJson(
    string SourcePath,
    string TenantId,
    TenantChangeStatus Status,
    bool IsDone,
    TimeSpan Duration,
    long RowsImported,
    long RowsShared,
    long RowsAdded,
    long KeysMapped,
    string? KeyMapPath,
    long KeyMapLength,
    IReadOnlyList<ImportTableJson> Tables,
    IReadOnlyList<ImportCheckJson> Checks,
    IReadOnlyList<string> Warnings,
    Failure? Error)
{
    public static ImportSourceJson From(TenantImportResult source) => new(
        source.SourcePath,
        source.TenantId,
        source.Status,
        source.IsDone,
        source.Duration,
        source.RowsImported,
        source.RowsShared,
        source.RowsAdded,
        source.KeysMapped,
        source.KeyMapPath,
        source.KeyMapLength,
        [.. source.Tables.Select(t => new ImportTableJson(t.Table, t.Rows, t.KeysMapped, t.Rule))],
        [.. source.SourceChecks().Select(ImportCheckJson.From)],
        source.Warnings,
        source.Error);
}

/// <summary>The rows of one table for programs.</summary>
internal sealed record ImportTableJson(string Table, long Rows, long KeysMapped, string Rule);

/// <summary>A check of an import for programs.</summary>
internal sealed record ImportCheckJson(
    string Name, string Title, string Expected, string Actual, CheckStatus Status, string Detail, TimeSpan Duration)
{
    public static ImportCheckJson From(CheckResult check) =>
        new(check.Name, check.Title, check.Expected, check.Actual, check.Status, check.Detail, check.Duration);
}
