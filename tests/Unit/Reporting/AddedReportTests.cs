using PosTenancy.Engine.Isolation;
using PosTenancy.Engine.Queries;
using PosTenancy.Engine.Reporting;

namespace PosTenancy.Tests.Reporting;

/// <summary>Tests and measurements made after an upgrade can be part of its report.</summary>
public sealed class AddedReportTests : UpgradeCases
{
    private readonly UpgradeResult _result;
    private readonly IReadOnlyList<IsolationResult> _isolation;
    private readonly IReadOnlyList<QueryMeasurement> _queries;

    public AddedReportTests()
    {
        _result = Run("succeeded");
        _isolation = TenantIsolation.Test(Database, new TenantExpectation(Tenant, "tenant_id", [])).Results;
        _queries = TenantQueries.Measure(
            Database,
            _result.Backup!.BackupPath,
            new MeasurementOptions
            {
                IncludeTable = t => t is "users" or "sessions",
                Readers = 5,
                TimePerQuery = TimeSpan.FromMilliseconds(1),
            });
    }

    [Fact]
    public void Report_says_that_nothing_was_added_or_has_all_of_it()
    {
        string without = UpgradeReport.Render(_result, ReportFormat.Markdown);
        without.ShouldContain("## Tenant Isolation\n\nNot tested.");
        without.ShouldContain("## Query Performance\n\nNot measured.");
        without.ShouldContain("- How long a query takes was not measured.");

        string with = UpgradeReport.Render(UpgradeReport.With(_result, _isolation, _queries), ReportFormat.Markdown);
        with.ShouldNotContain("was not measured");
        with.ShouldNotContain("was not tested");
        with.ShouldContain(
            $"\n| Join | {_isolation.Count(t => t.Operation == IsolationOperation.Join && t.Status == CheckStatus.Passed)} | 0 | 0 | 0 | ");
        foreach (IsolationResult open in _isolation.Where(t => t.Status != CheckStatus.Passed))
        {
            with.ShouldContain(MarkdownText.Escape(open.Detail));
        }

        MarkdownTables
            .Section(with, "Query Performance")
            .Split('\n')
            .Count(l => l.Contains(" ms |", StringComparison.Ordinal))
            .ShouldBe(_queries.Count(q => q.AfterMedian is not null));
        with.ShouldContain("5 connections read at the same time; 0 of their runs ended with an error.");
    }

    [Fact]
    public void Report_with_them_can_be_made_again()
    {
        string path = Path.Combine(Folder, "report.json");
        UpgradeResult with = UpgradeReport.With(_result, _isolation, _queries);
        UpgradeReport.Write(with, path);
        UpgradeResult read = UpgradeReport.Read(path);
        UpgradeReport.Render(read, ReportFormat.Json).ShouldBe(File.ReadAllText(path));
        UpgradeReport.Render(read with { ImportedFrom = null }, ReportFormat.Html).ShouldBe(UpgradeReport.Render(with, ReportFormat.Html));
    }

    [Fact]
    public void Tenant_that_sees_the_rows_of_another_makes_the_verdict_a_failure()
    {
        UpgradeResult leak = UpgradeReport.With(
            _result,
            [_isolation[0] with { Status = CheckStatus.Failed, Detail = "saw 3 rows of another" }],
            []);
        string page = UpgradeReport.Render(leak, ReportFormat.Markdown);
        page.ShouldContain("❌ **The upgrade was committed, but 1 isolation test failed. Do not rely on");
        page.ShouldContain("saw 3 rows of another");
        UpgradeReport.Render(leak, ReportFormat.Html).ShouldContain("<header class=\"failed\">");
    }

    [Fact]
    public void What_belongs_to_another_database_stays_out() =>
        UpgradeReport
            .With(_result, _isolation.Select(t => t with { Path = "/other.db" }), _queries.Select(q => q with { Path = "/other.db" }))
            .ShouldBe(_result);
}
