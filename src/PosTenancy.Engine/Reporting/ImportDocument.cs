using PosTenancy.Engine.Reporting.ImportSections;

namespace PosTenancy.Engine.Reporting;

/// <summary>
/// Composes the report of an import. What a reader needs first comes first; the tables of each source are at the end.
/// </summary>
internal static class ImportDocument
{
    public static ReportDocument From(TenantImportRun run) => new(
        $"Tenant import report: {Figures.Count(run.Results.Count, "source", "sources")}",
        run.Outcome(),
        ImportHeader.Create(run),
        [
            ImportSummary.Create(run),
            SourcesNotDone.Create(run),
            ImportNextSteps.Create(run),
            ImportProof.Create(run),
            .. ImportRollback.Create(run),
            ImportWarnings.Create(run),
            ImportNotKnown.Create(run),
            .. EverySource.Create(run),
        ]);
}
