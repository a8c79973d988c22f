using PosTenancy.Engine.Reporting.Sections;

namespace PosTenancy.Engine.Reporting;

/// <summary>
/// Composes the report of an upgrade. A section that was not reached is marked as such; none is left out. To add one, add a class in
/// Sections,
/// made of blocks, and a line here: Markdown and HTML follow automatically. JSON needs no section, but docs/report.schema.json needs every
/// property.
/// </summary>
internal static class UpgradeDocument
{
    public static ReportDocument From(UpgradeResult result) => new(
        "Tenant upgrade report: " + FileName(result.Path),
        result.Outcome(),
        ReportHeader.Create(result),
        [
            ExecutiveSummary.Create(result),
            PreMigrationState.Create(result),
            .. MigrationExecution.Create(result),
            PostMigrationState.Create(result),
            .. VerificationResults.Create(result),
            PerformanceAnalysis.Create(result),
            QueryPerformance.Create(result),
            DataIntegritySummary.Create(result),
            TenantIsolationResults.Create(result),
            .. RiskAssessment.Create(result),
            NotCheckedList.Create(result),
            RehearsalComparison.Create(result),
            .. RollbackInformation.Create(result),
            NextSteps.Create(result),
        ]);

    /// <summary>The last part of the path on any system: the result may come from another machine.</summary>
    private static string FileName(string path) => path.Substring(path.LastIndexOfAny(['/', '\\']) + 1);
}
