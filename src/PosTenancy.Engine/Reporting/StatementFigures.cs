namespace PosTenancy.Engine.Reporting;

/// <summary>What the results of statements add up to.</summary>
internal static class StatementFigures
{
    public static StatementSummary Total(this StatementRun run) => StatementSummary.From(file: null, run.Results);

    /// <summary>The findings that are not in the baseline, the worst first, each verdict in its order.</summary>
    public static IReadOnlyList<StatementResult> New(this StatementRun run) =>
        [.. run.Results.Where(r => r.IsNew && r.Verdict != StatementVerdict.NotChecked).OrderBy(r => StatementSummary.Rank(r.Verdict))];

    public static IReadOnlyList<StatementResult> Known(this StatementRun run) =>
    [
        .. run.Results
            .Where(r => r is { IsFinding: true, IsInBaseline: true } && r.Verdict != StatementVerdict.NotChecked)
            .OrderBy(r => StatementSummary.Rank(r.Verdict)),
    ];

    public static IReadOnlyList<StatementResult> With(this StatementRun run, StatementVerdict verdict) =>
        [.. run.Results.Where(r => r.Verdict == verdict)];

    /// <summary>
    /// The outcome of the whole test: failed if a statement reaches other tenants and the baseline does not have it, passed only if each
    /// statement was tried and is isolated, shared or allowed.
    /// </summary>
    public static CheckStatus Outcome(this StatementRun run) =>
        run.Results.Count == 0 ? CheckStatus.NotChecked
        : run.Results.Any(r => r.IsNew && r.Verdict is StatementVerdict.Leaks or StatementVerdict.NoTenantOnInsert) ? CheckStatus.Failed
        : run.Results.Any(r => r.IsFinding || r.Severity == StatementSeverity.Warning) ? CheckStatus.Warning
        : CheckStatus.Passed;

    /// <summary>The sign of one verdict.</summary>
    public static CheckStatus Outcome(this StatementVerdict verdict) => verdict switch
    {
        StatementVerdict.Leaks or StatementVerdict.NoTenantOnInsert => CheckStatus.Failed,
        StatementVerdict.ByKeyOnly => CheckStatus.Warning,
        StatementVerdict.NotChecked => CheckStatus.NotChecked,
        _ => CheckStatus.Passed,
    };
}
