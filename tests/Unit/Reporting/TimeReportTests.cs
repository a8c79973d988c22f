using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Reporting;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Reporting;

/// <summary>Durations, and their comparison with a target: a warning at most.</summary>
public sealed class TimeReportTests : UpgradeCases
{
    [Fact]
    public void Each_stage_is_measured_once_and_all_of_them_fit_into_the_whole()
    {
        UpgradeResult result = Run("succeeded");

        result.Stages.Select(s => s.Stage).ShouldBe([Stage.Plan, Stage.Backup, Stage.Rehearsal, Stage.Migration, Stage.Verification]);
        result.Stages.ShouldAllBe(s => s.Duration > TimeSpan.Zero);
        TimeSpan sum = new(result.Stages.Sum(s => s.Duration.Ticks));
        sum.ShouldBeLessThanOrEqualTo(result.Duration);
        sum.ShouldBeGreaterThan(0.8 * result.Duration, "no stage is forgotten");
        result
            .Stages[3]
            .Duration.ShouldBeGreaterThanOrEqualTo(result.Migration!.Duration, "the wait for the lock comes before the first statement");
    }

    [Fact]
    public void A_stage_takes_as_long_as_it_takes()
    {
        CreateSampleStore();
        bool isSlow = false;
        Observer sleeper = new(report =>
        {
            if (report.Stage == Stage.Rehearsal && !isSlow)
            {
                isSlow = true;
                Thread.Sleep(1000);
            }
        });

        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant)), sleeper);

        result.Stages.Where(s => s.Duration > TimeSpan.FromSeconds(1)).Select(s => s.Stage).ShouldContain(Stage.Rehearsal);
        result.Stages.MaxBy(s => s.Duration)!.Stage.ShouldBe(Stage.Rehearsal);
    }

    [Theory]
    [InlineData("refused", "Plan")]
    [InlineData("already-migrated", "Plan Verification")]
    [InlineData("rolled-back", "Plan Backup Migration")]
    [InlineData("restored", "Plan Backup Rehearsal Migration Verification Restore")]
    public void A_stage_that_was_not_reached_has_no_time(string name, string stages)
    {
        UpgradeResult result = Run(name);

        string.Join(' ', result.Stages.Select(s => s.Stage)).ShouldBe(stages);
        UpgradeReport
            .Render(result, ReportFormat.Markdown)
            .ShouldContain("\n**Time per stage**\n\n| Stage | Time |  |\n| --- | ---: | --- |\n| Inspect and plan | ");
    }

    [Fact]
    public void A_slow_migration_is_a_success_with_a_warning()
    {
        CreateSampleStore();

        UpgradeResult result = GuardedUpgrade.Run(
            Database,
            new UpgradeOptions(new MigrationOptions(Tenant)) { Target = TimeSpan.FromTicks(1) });

        (result.Status, result.Error, result.MeetsTarget, result.TargetRequested).ShouldBe((UpgradeStatus.Succeeded, null, false, true));
        string page = UpgradeReport.Render(result, ReportFormat.Markdown);
        page.ShouldContain(" **The upgrade succeeded");
        MarkdownTables
            .Section(page, "Executive Summary")
            .ShouldContain("\u26A0\uFE0F That is slower than the target of 0.0 ms. The result is valid; only the time target was missed.");
        MarkdownTables.Section(page, "Performance Analysis").ShouldContain("| Execution time against target | \u26A0\uFE0F over: ");
    }

    [Fact]
    public void A_target_that_nobody_asked_for_is_a_figure_and_no_warning()
    {
        CreateSampleStore();
        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant)));

        (result.TargetRequested, result.Target).ShouldBe((false, TimeSpan.FromSeconds(3)));
        UpgradeResult slow = result with { Migration = result.Migration! with { Duration = TimeSpan.FromSeconds(6) } };
        slow.MeetsTarget.ShouldBe(false);
        string page = UpgradeReport.Render(slow, ReportFormat.Markdown);
        page.ShouldNotContain("slower than the target");
        page.ShouldContain("| Target | less than 3.000 s, the default; -Target sets another |");
        page.ShouldContain("| Execution time against target | over: 200.0 % of it |");
    }

    [Fact]
    public void A_target_that_is_met_has_a_tick_only_where_no_check_failed()
    {
        CreateSampleStore();
        UpgradeResult result = GuardedUpgrade.Run(
            Database,
            new UpgradeOptions(new MigrationOptions(Tenant)) { Target = TimeSpan.FromHours(1) });

        result.MeetsTarget.ShouldBe(true);
        Line(result).ShouldStartWith("| Execution time against target | \u2705 within: 0.0 % of it");
        UpgradeReport.Render(result, ReportFormat.Markdown).ShouldNotContain("slower than the target");
        Line(result with { Checks = [result.Checks[0] with { Status = CheckStatus.Failed }] })
            .ShouldStartWith("| Execution time against target | within: ");

        static string Line(UpgradeResult result) =>
            UpgradeReport
                .Render(result, ReportFormat.Markdown)
                .Split('\n')
                .Single(l => l.StartsWith("| Execution time against target", StringComparison.Ordinal));
    }

    [Fact]
    public void Where_nothing_was_migrated_there_is_nothing_to_judge()
    {
        foreach (string name in new[] { "already-migrated", "rolled-back" })
        {
            using TimeReportTests store = new();
            store.Run(name).MeetsTarget.ShouldBeNull(name);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(86400.1)]
    public void A_target_that_is_none_is_refused(double seconds) => Should
        .Throw<PosTenancyException>(() => new UpgradeOptions(new MigrationOptions(Tenant)) { Target = TimeSpan.FromSeconds(seconds) })
        .ErrorId.ShouldBe(ErrorIds.InvalidTarget);
}
