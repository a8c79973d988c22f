namespace PosTenancy.Engine.Planning;

/// <summary>What a row of the history is about.</summary>
internal enum HistoryKind
{
    /// <summary>The statements that were planned for the database.</summary>
    Plan,

    /// <summary>A script of the project's own.</summary>
    Script,
}

/// <summary>What a migration is called in the history, and how it is told from another one of that name.</summary>
/// <param name="Kind">Plan or script.</param>
/// <param name="Name">File name of the script; <see langword="null"/> for a plan.</param>
/// <param name="Checksum">SHA-256 of the script's bytes, or of the plan's statements joined with a semicolon and a line feed.</param>
internal sealed record HistoryRecord(HistoryKind Kind, string? Name, string Checksum)
{
    /// <summary>What the migration of this plan is to be remembered as.</summary>
    public static HistoryRecord From(MigrationPlan plan) => plan.Options.Script is { } script
        ? new(HistoryKind.Script, script.Name, script.Sha256)
        : new(HistoryKind.Plan, Name: null, Sqlite.Checksum.Compute(string.Join(";\n", plan.Statements.Select(s => s.Sql))));
}
