using System.Diagnostics;
using System.Text.Json;
using PosTenancy.Engine.Reporting;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Reporting;

/// <summary>The report of a whole rollout of real upgrades.</summary>
public sealed class FleetReportTests : TestFolder
{
    private static readonly DateTimeOffset Start = new(2026, 1, 11, 13, 31, 5, TimeSpan.Zero);

    public FleetReportTests() => CreateSampleStore();

    [Fact]
    public void The_sections_are_in_order_and_the_long_table_is_the_last()
    {
        string page = FleetReport.Render(SampleFleet.Upgrade(Database), ReportFormat.Markdown);

        page.Split('\n').Where(l => l.StartsWith("## ", StringComparison.Ordinal)).Select(l => l[3..]).ShouldBe([
            "Summary",
            "Not Done",
            "Next Steps",
            "Time and Downtime",
            "Slowest Stores",
            "Checks",
            "Done by an Earlier Run",
            "What Was Not Checked",
            "Every Store",
        ]);
    }

    [Fact]
    public void A_rollout_that_was_stopped_says_so_first_and_which_database_must_not_be_used()
    {
        string page = FleetReport.Render(SampleFleet.Upgrade(Database), ReportFormat.Markdown);

        page.ShouldStartWith(
            "# Tenant upgrade report: 8 stores\n\n\u274C **The rollout was stopped, and 4 of 8 stores are not done: 3 stores failed, " +
            "which is more than -MaxFailure allows.**\n\n\u274C **1 database is not known to be as before.** Keep the application ");
        page.ShouldContain("\n| Succeeded | 3 | ");
        page.ShouldContain("\n| Not started | 1 | ");
        MarkdownTables.Section(page, "Next Steps").ShouldContain("Run the same command again.");
    }

    [Fact]
    public void Each_store_that_is_not_done_has_a_line_with_its_error_the_worst_first()
    {
        FleetRun run = SampleFleet.Upgrade(Database);
        string page = FleetReport.Render(run, ReportFormat.Markdown);

        string[] lines = [.. MarkdownTables.Section(page, "Not Done").Split('\n').Where(l => l.Length > 0)];
        lines.Length.ShouldBe(4);
        lines[0].ShouldBe(
            "- \u274C **Failed:** till-8, C:\\\\Stores\\\\pos.db, tenant till-8: The connection was lost. Restore the &lt;backup&gt; \\| " +
            "of till-8\\\\u{000A}now. (PosTenancy.RollbackFailed)");
        lines[1].ShouldStartWith($"- \u274C **Rolled back:** this machine, {MarkdownText.Escape(run.Results[3].Path)}, tenant east: ");
        lines[1].ShouldEndWith(" (PosTenancy.MigrationRolledBack)");
        lines[2].ShouldStartWith($"- \u274C **Refused:** this machine, {MarkdownText.Escape(run.Results[2].Path)}, tenant west: ");
        lines[2].ShouldEndWith(" The database was not changed. (PosTenancy.PlanBlocked)");
        lines[3].ShouldEndWith("tenant till-9: The rollout was stopped before its turn.");
    }

    [Fact]
    public void Every_store_has_its_backup_with_the_hash_that_its_bytes_have()
    {
        FleetRun run = SampleFleet.Upgrade(Database);
        string page = FleetReport.Render(run, ReportFormat.Markdown);

        string[][] rows = [.. Table(page, "Every Store")];
        rows.Length.ShouldBe(8);
        FleetResult[] backedUp = [.. run.Results.Where(r => r.BackupPath is not null)];
        backedUp.Length.ShouldBe(3, "succeeded, rolled back, and on another machine");
        foreach (FleetResult store in backedUp)
        {
            rows.Count(r => r[6] == Sha256(store.BackupPath!)).ShouldBeGreaterThan(0, store.ToString());
            rows.ShouldContain(r => r[5] == MarkdownText.Escape(store.BackupPath!), store.ToString());
        }

        rows[0][3].ShouldBe("\u26A0\uFE0F Succeeded");
        rows[0][7].ShouldEndWith("north.db.report.md");
        rows[2][5..].ShouldBe(["none made", "", "none written"]);
        rows[5][3..].ShouldBe(["\u2796 Succeeded, by an earlier run", "not known", "not known", "", "none written"]);
        MarkdownTables.Section(page, "Done by an Earlier Run").ShouldContain("1 store was done by an earlier run");
    }

    [Fact]
    public void Checks_that_did_not_pass_are_counted_in_stores()
    {
        FleetRun run = SampleFleet.Upgrade(Database);
        string page = FleetReport.Render(run, ReportFormat.Markdown);

        string[][] rows = [.. Table(page, "Checks")];
        foreach (string[] row in rows)
        {
            row[2..].ShouldBe(
                new[] { CheckStatus.Failed, CheckStatus.Warning, CheckStatus.NotChecked }
                    .Select(s => $"{run.Results.Count(r => r.Upgrade?.Checks.Any(c => c.Name == row[1] && c.Status == s) == true)}"),
                row[1]);
        }

        rows[0][2].ShouldBe("1", "the rolled back one, first");
        rows.Single(r => r[1] == "UniqueKeysPerTenant")[2..].ShouldBe(["0", "4", "0"]);
        rows.ShouldAllBe(r => r[2] != "0" || r[3] != "0" || r[4] != "0");
    }

    [Fact]
    public void Downtime_is_that_of_the_stores_that_this_run_locked()
    {
        FleetResult store = new("/stores/pos.db", null, Tenant, FleetStatus.Succeeded, Start, TimeSpan.FromSeconds(9));
        FleetRun run = new(
            [
                .. ((int[])[4, 1, 3, 2]).Select(s => store with { Upgrade = Upgrade(s) }),
                store with { Upgrade = Upgrade(1000), DoneBefore = true },
                store with { Status = FleetStatus.Refused },
            ],
            Start,
            TimeSpan.FromSeconds(10));

        string section = MarkdownTables.Section(FleetReport.Render(run, ReportFormat.Markdown), "Time and Downtime");

        section.ShouldContain("\n- **Stores begun by this run:** 5\n");
        section.ShouldContain("\n- **Longest downtime of a store:** 4.000 s\n");
        section.ShouldContain("\n- **Median downtime:** 2.500 s\n");
        section.ShouldContain("\n- **Sum of the downtimes:** 10.000 s, of 4 stores\n");

        static UpgradeResult Upgrade(int seconds) => new("/stores/pos.db", Tenant, UpgradeStatus.Succeeded, Start, TimeSpan.FromSeconds(9))
        {
            Downtime = TimeSpan.FromSeconds(seconds),
        };
    }

    [Fact]
    public void A_rehearsal_says_that_nothing_was_changed_and_that_its_downtime_is_foretold()
    {
        FleetRun run = SampleFleet.Rehearse(Database);
        string page = FleetReport.Render(run, ReportFormat.Markdown);

        page.ShouldStartWith(
            "# Tenant upgrade rehearsal: 2 stores\n\n\u26A0\uFE0F **The rehearsal is complete: 2 of 2 stores are ready, but not every " +
            "check passed.**\n");
        page.ShouldContain("no database was changed");
        page.ShouldContain("| Rehearsed | 2 | ");
        page.ShouldContain("\n- **Longest downtime of a store, foretold:** ");
        page.ShouldContain("| Status | Downtime foretold | Backup |");
        MarkdownTables.Section(page, "Next Steps").ShouldContain("without -Rehearse");
        Table(page, "Every Store").ShouldAllBe(r => r[5] == "none made");
    }

    [Theory]
    [InlineData(CheckStatus.Passed, "\u2705 **The rollout is complete: 1 of 1 store is done, and every check passed.**")]
    [InlineData(CheckStatus.Warning, "\u26A0\uFE0F **The rollout is complete: 1 of 1 store is done, but not every check passed.**")]
    [InlineData(CheckStatus.Failed, "\u274C **The rollout is complete: 1 of 1 store is done, but in 1 store a check failed. Do not rely ")]
    public void A_complete_rollout_is_as_good_as_its_worst_check(CheckStatus status, string verdict)
    {
        UpgradeResult upgrade = new(Database, Tenant, UpgradeStatus.Succeeded, Start, TimeSpan.Zero)
        {
            Checks = [new CheckResult(Database, "FileIntegrity", "File", "ok", "ok", status, "", TimeSpan.Zero)],
        };
        FleetRun run = new([SampleFleet.FromUpgrade(upgrade)], Start, TimeSpan.FromSeconds(1));

        FleetReport.Render(run, ReportFormat.Markdown).ShouldStartWith($"# Tenant upgrade report: 1 store\n\n{verdict}");
    }

    [Fact]
    public void Stores_that_an_earlier_run_did_do_not_spoil_the_verdict_and_do_not_make_one()
    {
        FleetResult before = new("/a.db", null, Tenant, FleetStatus.Succeeded, null, TimeSpan.Zero) { DoneBefore = true };
        UpgradeResult upgrade = new(Database, Tenant, UpgradeStatus.Succeeded, Start, TimeSpan.Zero)
        {
            Checks = [new CheckResult(Database, "FileIntegrity", "File", "ok", "ok", CheckStatus.Passed, "", TimeSpan.Zero)],
        };

        FleetReport.Render(new FleetRun([before, SampleFleet.FromUpgrade(upgrade)], Start, TimeSpan.Zero), ReportFormat.Markdown)
            .ShouldContain("\u2705 **The rollout is complete: 2 of 2 stores are done, and every check passed.**");
        FleetReport.Render(new FleetRun([before], Start, TimeSpan.Zero), ReportFormat.Markdown)
            .ShouldContain("\u26A0\uFE0F **The rollout is complete: 1 of 1 store is done. Nothing was left to do.**");
    }

    [Fact]
    public void A_rollout_without_stores_has_a_report()
    {
        FleetRun none = new([], Start, TimeSpan.Zero);

        FleetReport.Render(none, ReportFormat.Markdown).ShouldContain("\u26A0\uFE0F **The rollout had no stores.**");
        FleetReport.Render(none, ReportFormat.Html).ShouldContain("The rollout had no stores.");
    }

    [Fact]
    public void Hostile_names_have_no_effect()
    {
        FleetRun run = SampleFleet.Upgrade(Database);
        string page = FleetReport.Render(run, ReportFormat.Markdown);

        foreach (IReadOnlyList<string[]> table in MarkdownTables.Read(page))
        {
            table.ShouldAllBe(row => row.Length == table[0].Length);
        }

        page.Where(c => c != '\n' && char.IsControl(c)).ShouldBeEmpty();
        page.ShouldNotContain("\u202E");
        page.ShouldNotContain("<");
        page.ShouldContain("| till\\|7 &lt;b&gt;\\\\u{000A}next | ");
        string html = FleetReport.Render(run, ReportFormat.Html);
        html.ShouldNotContain("<script");
        html.ShouldNotContain("<b>");
        html.ShouldNotContain("\u202E");
        html.ShouldContain("<td>till|7 &lt;b&gt;\\u{000A}next</td>");
        using JsonDocument json = JsonDocument.Parse(FleetReport.Render(run, ReportFormat.Json));
        JsonElement store = json.RootElement.GetProperty("stores")[4];
        store.GetProperty("computerName").GetString().ShouldBe(SampleFleet.HostileMachine);
        store.GetProperty("tenantId").GetString().ShouldBe(SampleFleet.HostileTenant);
    }

    [Fact]
    public void Two_thousand_stores_stay_readable_and_take_little_time_and_memory()
    {
        FleetRun run = SampleFleet.Many(Database, 2000);
        Stopwatch clock = Stopwatch.StartNew();
        long before = GC.GetAllocatedBytesForCurrentThread();

        string[] reports = [
            .. Enum.GetValues<ReportFormat>().Where(f => f != ReportFormat.Sarif).Select(format => FleetReport.Render(run, format)),
        ];

        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(200 << 20);
        string beginning = reports[0][..reports[0].IndexOf("\n## Stores Not Done\n", StringComparison.Ordinal)];
        beginning.Split('\n').Length.ShouldBeLessThan(150);
        beginning.ShouldContain("\n| Refused | PosTenancy.DatabaseInUse | 200 |\n");
        Count(reports[0], "Not Done").ShouldBe(20);
        Count(reports[0], "Stores Not Done").ShouldBe(200);
        Table(reports[0], "Every Store").Count().ShouldBe(2000);
        Table(reports[0], "Slowest Stores").Select(r => r[4])
            .ShouldBe(["2.000 s", "1.999 s", "1.998 s", "1.997 s", "1.996 s", "1.995 s", "1.994 s", "1.993 s", "1.992 s", "1.991 s"]);

        static int Count(string page, string heading) => MarkdownTables.Section(page, heading).Split("\n- ").Length - 1;
    }

    [Theory]
    [InlineData("fleet.md", "# Tenant upgrade report: 0 stores")]
    [InlineData("FLEET.HTML", "<!DOCTYPE html>")]
    [InlineData("fleet.json", "{")]
    public void The_ending_chooses_the_format_and_an_old_report_is_replaced(string name, string start)
    {
        string path = Path.Combine(Folder, name);
        File.WriteAllText(path, "an old report");
        int files = Directory.EnumerateFiles(Folder).Count();

        FleetReport.Write(new FleetRun([], Start, TimeSpan.Zero), path);

        File.ReadAllText(path).ShouldStartWith(start);
        Directory.EnumerateFiles(Folder).Count().ShouldBe(files, "nothing is left beside it");
    }

    [Fact]
    public void A_report_is_never_written_over_a_file_of_a_store()
    {
        UpgradeResult upgrade = SampleFleet.Upgrade(Database).Results[0].Upgrade!;
        string database = Path.Combine(Folder, "store.md");
        File.Move(upgrade.Path, database);
        string own = Path.Combine(Folder, "own.html");
        FleetResult store = SampleFleet.FromUpgrade(upgrade) with { Path = database, ReportPath = own };
        FleetRun run = new([store], Start, TimeSpan.Zero);
        string before = Snapshot();

        foreach ((string path, string what) in new[]
        {
            (database, "it is the database of a store"),
            (upgrade.Backup!.ManifestPath, "it is the manifest of a backup"),
            (own, "it is the report of a store"),
            (Path.Combine(Folder, ".", "OWN.HTML"), "it is the report of a store"),
            (Path.Combine(Folder, "fleet.txt"), "its extension is not .md, .html or .json"),
        })
        {
            PosTenancyException refused = Should.Throw<PosTenancyException>(() => FleetReport.Write(run, path));
            refused.ErrorId.ShouldBe(ErrorIds.InvalidReportPath);
            refused.Message.ShouldContain(what);
        }

        Snapshot().ShouldBe(before);
    }

    [Fact]
    public void A_file_of_another_machine_is_none_of_this_one()
    {
        string path = Path.Combine(Folder, "store.md");
        FleetResult remote = new(path, "till-1", Tenant, FleetStatus.NotStarted, null, TimeSpan.Zero);

        FleetReport.Write(new FleetRun([remote], Start, TimeSpan.Zero), path);

        File.ReadAllText(path).ShouldContain("till-1");
    }

    /// <summary>A plain new file shows what the umask allows.</summary>
    [Fact]
    public void A_report_can_be_read_like_any_new_file_and_written_only_by_its_account()
    {
        OnlyOn.Unix("modes");
        string path = Path.Combine(Folder, "fleet.md");
        string plain = Path.Combine(Folder, "plain");
        File.WriteAllText(plain, "");

        FleetReport.Write(new FleetRun([], Start, TimeSpan.Zero), path);

        const UnixFileMode Widest = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(path).ShouldBe(File.GetUnixFileMode(plain) & Widest);
        }
    }

    [Fact]
    public void In_a_folder_the_report_is_named_after_the_time_and_never_replaces_one()
    {
        FleetRun run = new([], Start, TimeSpan.Zero);
        string folder = Path.Combine(Folder, "reports");

        string first = ReportLocation.PrepareFleet(run, folder);
        FleetReport.Write(run, first);
        string second = ReportLocation.PrepareFleet(run, folder);

        first.ShouldBe(Path.Combine(folder, "fleet.upgrade-20260111-133105.md"));
        second.ShouldBe(Path.Combine(folder, "fleet.upgrade-20260111-133105-2.md"));
        Should.Throw<PosTenancyException>(() => ReportLocation.PrepareFleet(run, Path.Combine(Folder, "no", "folder")))
            .ErrorId.ShouldBe(ErrorIds.InvalidReportPath);
    }

    [Fact]
    public void A_file_is_used_as_it_is()
    {
        string path = Path.Combine(Folder, "fleet.html");
        File.WriteAllText(path, "the report of yesterday");

        ReportLocation.PrepareFleet(new FleetRun([], Start, TimeSpan.Zero), path).ShouldBe(path);
    }

    /// <summary>The rows of the last table of a section.</summary>
    private static IEnumerable<string[]> Table(string page, string heading) =>
        MarkdownTables.Read(MarkdownTables.Section(page, heading))[^1].Skip(2);
}
