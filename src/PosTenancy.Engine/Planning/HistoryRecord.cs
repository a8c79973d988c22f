namespace PosTenancy.Engine.Planning;

/// <summary>The subject of a history row.</summary>
internal enum HistoryKind
{
    /// <summary>Statements planned for the database.</summary>
    Plan,

    /// <summary>A script of the project.</summary>
    Script,

    /// <summary>The rows of a tenant, brought in from another database.</summary>
    Import,
}

/// <summary>How a migration is named in the history and distinguished from another of that name.</summary>
/// <param name="Kind">Plan or script.</param>
/// <param name="Name">File name of the script; <see langword="null"/> for a plan.</param>
/// <param name="Checksum">SHA-256 of the script's bytes, or of the plan's statements joined with a semicolon and a line feed.</param>
internal sealed record HistoryRecord(HistoryKind Kind, string? Name, string Checksum)
{
    /// <summary>The record for a plan.</summary>
    public static HistoryRecord From(MigrationPlan plan) => plan.Options.Script is { } script
        ? new(HistoryKind.Script, script.Name, script.Sha256)
        : new(HistoryKind.Plan, Name: null, Sqlite.Checksum.Compute(string.Join(";\n", plan.Statements.Select(s => s.Sql))));
}
