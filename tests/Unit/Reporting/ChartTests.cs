using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Reporting;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Reporting;

/// <summary>The charts repeat measured figures, and appear in every format.</summary>
public sealed class ChartTests : UpgradeCases
{
    [Fact]
    public void The_distribution_is_what_another_reader_counts()
    {
        UpgradeResult result = Run("succeeded");

        foreach (TenantDistribution share in result.Migration!.Distribution)
        {
            string found = Shell.Sql(Database, $"SELECT tenant_id, count(*) FROM \"{share.Table}\" GROUP BY 1");
            found.ShouldBe(share.Rows == 0 ? "" : $"{Tenant}|{share.Rows}", share.Table);
            (share.Path, share.TenantId).ShouldBe((Database, share.Rows == 0 ? null : Tenant));
        }

        result.Migration.Distribution.Count.ShouldBe(32);
        result.Rehearsal!.Distribution.ShouldBe(result.Migration.Distribution);
    }

    [Fact]
    public void Markdown_has_every_figure_of_a_chart_and_a_bar()
    {
        string page = UpgradeReport.Render(Run("succeeded"), ReportFormat.Markdown);

        string bar = new('\u2588', 30);
        page.ShouldContain($"\n**Rows per tenant**\n\n| Tenant | Rows |  |\n| --- | ---: | --- |\n| caps-automotive | 26 | {bar} |\n");
        page.ShouldContain(
            $"\n**Rows per table**\n\n| Table | Rows |  |\n| --- | ---: | --- |\n| maintenance\\_schedules | 9 | {bar} |\n| " +
            $"vehicle\\_fitment | 7 | {new string('\u2588', 24)} |\n"
        );
        page.ShouldContain("\n**Size**\n\n| File | Size |  |\n| --- | ---: | --- |\n| Database before | 487,424 bytes (476 KiB) | ");
        page.ShouldContain("\n| Backup | 487,424 bytes (476 KiB) | ");
    }

    [Fact]
    public void Html_has_each_figure_as_text_and_a_bar_of_its_length()
    {
        string page = UpgradeReport.Render(Run("succeeded"), ReportFormat.Html);

        page.ShouldContain(
            "<li><span class=\"label\">vehicle_fitment</span> <span class=\"figure\">7</span>" +
                "<svg viewBox=\"0 0 100 1\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect width=\"77.78\" " +
                "height=\"1\"></rect></svg></li>"
        );
        foreach (string title in new[] { "Rows per tenant", "Rows per table", "Time per stage", "Size" })
        {
            page.ShouldContain($"<figure class=\"chart\">\n<figcaption>{title}</figcaption>\n<ul>\n<li>");
        }
    }

    [Fact]
    public void After_a_rollback_no_chart_shows_rows_of_a_tenant()
    {
        string page = UpgradeReport.Render(Run("rolled-back"), ReportFormat.Markdown);

        page.ShouldNotContain("**Rows per tenant**");
        page.ShouldContain("| Database, rolled back | ");
    }

    [Fact]
    public void Of_many_tables_the_longest_bars_are_shown_and_the_others_together()
    {
        Shell.Sql(
            Database,
            string.Concat(
                Enumerable
                    .Range(1, 20)
                    .Select(n =>
                        $"CREATE TABLE t{n} (id INTEGER PRIMARY KEY); INSERT INTO t{n} WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT " +
                        $"x + 1 FROM c WHERE x < {n}) SELECT x FROM c;"
                    )));

        string page = UpgradeReport.Render(
            GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant))),
            ReportFormat.Markdown);

        MarkdownTables
            .Section(page, "Post-Migration State")
            .ShouldContain($"| t10 | 10 | {new string('\u2588', 7)} |\n| 9 other tables | 45 | {new string('\u2588', 30)} |\n");
        MarkdownTables.Section(page, "Post-Migration State").ShouldNotContain("| t9 |");
    }

    [Fact]
    public void Bars_of_nothing_have_no_length() =>
        new Chart("Rows", "Table", "Rows", [new Bar("a", 0, "0")]).Length(new Bar("a", 0, "0")).ShouldBe(0);
}
