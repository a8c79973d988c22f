using PosTenancy.Engine.Reporting.StatementSections;

namespace PosTenancy.Engine.Reporting;

/// <summary>
/// Composes the report of an application's statements. What must be corrected comes first; what was proved is at the end.
/// </summary>
internal static class StatementDocument
{
    public static ReportDocument From(StatementRun run)
    {
        SourceRoot root = SourceRoot.From(run.Results);
        return new ReportDocument(
            $"Tenant isolation of {Figures.Count(run.Total().Statements, "statement", "statements")}",
            run.Outcome(),
            StatementHeader.Create(run, root),
            [
                StatementVerdicts.Create(run, root),
                .. Findings.Create(run, root),
                NotTried.Create(run, root),
                .. Allowed.Create(run, root),
                .. KnownFindings.Create(run, root),
                StatementNextSteps.Create(run),
                StatementLimits.Create(run),
                ProvedTables.Create(run),
            ]);
    }
}
