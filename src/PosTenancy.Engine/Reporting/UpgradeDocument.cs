using PosTenancy.Engine.Reporting.Sections;

namespace PosTenancy.Engine.Reporting;

/// <summary>
/// Puts the report of an upgrade together. A section that was not reached says so; none is left out. A new one is a class in Sections, made
/// of blocks, and a line here: Markdown and HTML follow by themselves. JSON needs no section, but docs/report.schema.json every property.
/// </summary>
internal static class UpgradeDocument
{
    public static ReportDocument Of(UpgradeResult result) => new(
        "Tenant upgrade report: " + FileName(result.Path),
        result.Outcome(),
        Head.Of(result),
        [
            ExecutiveSummary.Of(result),
            PreMigrationState.Of(result),
            .. MigrationExecution.Of(result),
            PostMigrationState.Of(result),
            .. VerificationResults.Of(result),
            PerformanceAnalysis.Of(result),
            QueryPerformance.Of(result),
            DataIntegritySummary.Of(result),
            IsolationTests.Of(result),
            .. RiskAssessment.Of(result),
            NotCheckedList.Of(result),
            RehearsalComparison.Of(result),
            .. RollbackInformation.Of(result),
            NextSteps.Of(result),
        ]);

    /// <summary>The last part of the path, whichever system it is of: a report may be made from a result of another machine.</summary>
    private static string FileName(string path) => path.Substring(path.LastIndexOfAny(['/', '\\']) + 1);
}
