using System.Text.Json;

namespace PosTenancy.Engine.Reporting;

/// <summary>The test of an application's statements for programs, as docs/statement.schema.json describes it.</summary>
internal sealed record StatementJson(
    string Schema,
    int Version,
    string Path,
    DateTimeOffset StartedAt,
    TimeSpan Duration,
    string ProductVersion,
    string SqliteVersion,
    string? SourceRoot,
    string? BaselinePath,
    IReadOnlyList<StatementFileJson> Files,
    IReadOnlyList<string> Skipped,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<StatementResultJson> Results)
{
    public const string SchemaName = "PosTenancy.StatementReport";

    public static string Render(StatementRun run) => JsonReport.Text(JsonSerializer.Serialize(From(run), JsonReport.Options));

    private static StatementJson From(StatementRun run) => new(
        SchemaName,
        Version: 1,
        run.Path,
        run.StartedAt,
        run.Duration,
        run.ProductVersion,
        run.SqliteVersion,
        Reporting.SourceRoot.From(run.Results).Folder,
        run.BaselinePath,
        [.. StatementSummary.From(run.Results).Select(StatementFileJson.From)],
        run.Skipped,
        run.Warnings,
        [.. run.Results.Select(StatementResultJson.From)]);
}

/// <summary>The statements of one file for programs.</summary>
internal sealed record StatementFileJson(
    string? File,
    int Statements,
    int Leaks,
    int NoTenantOnInsert,
    int ByKeyOnly,
    int NotChecked,
    int AllTenants,
    int Isolated,
    int SharedTable)
{
    public static StatementFileJson From(StatementSummary summary) => new(
        summary.File,
        summary.Statements,
        summary.Leaks,
        summary.NoTenantOnInsert,
        summary.ByKeyOnly,
        summary.NotChecked,
        summary.AllTenants,
        summary.Isolated,
        summary.SharedTable);
}

/// <summary>One statement and table for programs.</summary>
internal sealed record StatementResultJson(
    string? File,
    int Line,
    int Column,
    string Sql,
    string Table,
    StatementOperation Operation,
    StatementVerdict Verdict,
    StatementSeverity Severity,
    string Reason,
    string? AllowedReason,
    bool IsInBaseline,
    StatementWitnessJson? Witness,
    IReadOnlyList<string> Notes)
{
    public static StatementResultJson From(StatementResult result) => new(
        result.File,
        result.Line,
        result.Column,
        result.Sql,
        result.Table,
        result.Operation,
        result.Verdict,
        result.Severity,
        result.Reason,
        result.AllowedReason,
        result.IsInBaseline,
        result.Witness is { } witness ? new StatementWitnessJson(witness.Table, witness.Key) : null,
        result.Notes);
}

/// <summary>The row that a statement reached, for programs.</summary>
internal sealed record StatementWitnessJson(string Table, string Key);
