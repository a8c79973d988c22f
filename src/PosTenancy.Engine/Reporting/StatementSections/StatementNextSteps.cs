namespace PosTenancy.Engine.Reporting.StatementSections;

/// <summary>Actions that remain for the developer.</summary>
internal static class StatementNextSteps
{
    public static ReportSection Create(StatementRun run) =>
        ReportSection.From("Next Steps", new Bullets([.. Steps(run)], IsNumbered: true));

    private static IEnumerable<Line> Steps(StatementRun run)
    {
        foreach (SarifRule rule in SarifRule.All.Where(r => r.Severity >= StatementSeverity.Warning))
        {
            if (run.New().Any(r => r.Verdict == rule.Verdict))
            {
                yield return Line.From(new Strong(Labels.For(rule.Verdict) + ":"), " " + rule.Help);
            }
        }

        if (run.New().Count > 0)
        {
            yield return "If a statement is meant to reach all tenants, write the comment \"postenancy: all tenants, because ...\" above " +
                "it, with the reason.";
        }

        if (run.With(StatementVerdict.NotChecked).Count > 0)
        {
            yield return "Read each statement that was not checked: it is not known to be isolated.";
        }

        if (run.Known().Count > 0)
        {
            yield return "Correct what the baseline has, and update it with -UpdateBaseline.";
        }

        yield return "Run Test-PosTenantStatement in the pipeline of the application, so that a new statement cannot leak unnoticed.";
    }
}
