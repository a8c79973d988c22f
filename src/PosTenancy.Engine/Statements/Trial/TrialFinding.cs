namespace PosTenancy.Engine.Statements.Trial;

/// <summary>What the trial of a statement showed for one table.</summary>
/// <param name="Table">The table; empty if the statement reaches none, or does not compile.</param>
/// <param name="Operation">What the statement does with it.</param>
/// <param name="Verdict">What the trial showed.</param>
/// <param name="Reason">Why, as a sentence.</param>
/// <param name="Witness">The row of the other tenant that it reached; <see langword="null"/> if it reached none.</param>
/// <param name="Notes">What else it showed.</param>
internal sealed record TrialFinding(
    string Table,
    StatementOperation Operation,
    StatementVerdict Verdict,
    string Reason,
    StatementWitness? Witness,
    IReadOnlyList<string> Notes)
{
    /// <summary>How serious that is.</summary>
    public StatementSeverity Severity => Verdict switch
    {
        StatementVerdict.Leaks or StatementVerdict.NoTenantOnInsert => StatementSeverity.Error,
        StatementVerdict.ByKeyOnly => StatementSeverity.Warning,
        StatementVerdict.NotChecked => StatementSeverity.Information,
        _ => Notes.Count > 0 ? StatementSeverity.Information : StatementSeverity.None,
    };

    public override string ToString() => $"{Table} {Operation} {Verdict}: {Reason}";
}
