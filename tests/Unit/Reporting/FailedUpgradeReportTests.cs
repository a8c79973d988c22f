using System.Text.Json;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Reporting;
using PosTenancy.Engine.Scripts;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Reporting;

/// <summary>A failure is as prominent as a success, and nothing has a tick that was not measured.</summary>
public sealed class FailedUpgradeReportTests : TestFolder
{
    private const string Tick = "\u2705";

    [Fact]
    public void A_missing_file_shows_its_error_first_and_no_tick()
    {
        (UpgradeResult result, string page) = Upgrade();

        ShouldBeginWithItsError(page, result, ErrorIds.FileNotFound, "The upgrade was refused. Nothing was written to the database.");
        page.ShouldNotContain(Tick);
        foreach (
            string section in new[]
            {
                "Pre-Migration State",
                "Migration Execution",
                "Post-Migration State",
                "Verification Results",
                "Rollback Information",
            })
        {
            MarkdownTables.Section(page, section).ToLowerInvariant().ShouldContain("not reached", customMessage: section);
        }

        UpgradeReport.Render(result, ReportFormat.Html).ShouldContain("<header class=\"failed\">");
        using JsonDocument json = JsonDocument.Parse(UpgradeReport.Render(result, ReportFormat.Json));
        json.RootElement.GetProperty("error").GetProperty("errorId").GetString().ShouldBe(ErrorIds.FileNotFound);
    }

    [Fact]
    public void A_damaged_file_is_not_said_to_be_usable()
    {
        CreateSampleStore();
        using (FileStream file = File.Open(Database, FileMode.Open))
        {
            file.SetLength(file.Length - 4096);
        }

        (UpgradeResult result, string page) = Upgrade();

        ShouldBeginWithItsError(page, result, ErrorIds.DatabaseTruncated, "The upgrade was refused. Nothing was written to the database.");
        page.ShouldContain("What to do:** do what the message says before the store uses this file.");
        page.ShouldNotContain("can continue to use the database");
    }

    [Fact]
    public void A_database_that_an_interrupted_upgrade_changed_is_not_said_to_be_usable()
    {
        (UpgradeResult refused, _) = Upgrade();
        UpgradeResult result = refused with { Error = new Failure(ErrorIds.UpgradeInterrupted, "An upgrade was interrupted.") };

        string page = UpgradeReport.Render(result, ReportFormat.Markdown);

        page.ShouldContain("What to do:** keep the application stopped.");
        page.ShouldNotContain("can continue to use the database");
    }

    [Fact]
    public void A_blocked_plan_shows_its_error_first_and_no_tick()
    {
        Shell.Sql(Database, "CREATE TABLE users (id INTEGER PRIMARY KEY, tenant_id AS (id))");

        (UpgradeResult result, string page) = Upgrade();

        ShouldBeginWithItsError(page, result, ErrorIds.PlanBlocked, "The upgrade was refused. Nothing was written to the database.");
        page.ShouldContain("has a computed column");
        page.ShouldNotContain(Tick);
    }

    [Fact]
    public void A_failed_rehearsal_says_that_its_checks_are_not_of_the_live_file()
    {
        MigrationOptions options = CreateStoreWithAPositionalTrigger();

        (UpgradeResult result, string page) = Upgrade(options);

        ShouldBeginWithItsError(page, result, ErrorIds.RehearsalFailed, "The upgrade was refused. Nothing was written to the database.");
        page.ShouldContain("The checks ran on the copy that the rehearsal migrated, not on the live file.");
        page.ShouldContain("\n### \u274C Step 9: Views and triggers (on the copy)\n");
        MarkdownTables.Section(page, "Data Integrity Summary").ShouldNotContain(Tick);
        MarkdownTables.Section(page, "Risk Assessment").ShouldNotContain(Tick);
        MarkdownTables.Section(page, "Rollback Information").ShouldContain("Not needed");
    }

    [Fact]
    public void A_rolled_back_migration_has_no_tick_for_what_was_taken_back()
    {
        MigrationOptions options = CreateStoreWithAPositionalTrigger();

        (UpgradeResult result, string page) = Upgrade(options, skipRehearsal: true);

        ShouldBeginWithItsError(
            page,
            result,
            ErrorIds.MigrationRolledBack,
            "The upgrade failed and was rolled back. The database has its original bytes.");
        MarkdownTables.Section(page, "Post-Migration State").ShouldContain("- **Tables updated:** 0 of 2 planned");
        MarkdownTables.Section(page, "Data Integrity Summary").ShouldContain("| Tables updated | 2 | 0 | \u274C Failed |");
        MarkdownTables.Section(page, "Data Integrity Summary").ShouldNotContain(Tick);
        MarkdownTables.Section(page, "Risk Assessment").ShouldNotContain(Tick);
        MarkdownTables.Section(page, "Migration Execution").ShouldContain("- **Recorded:** no: the row was rolled back with the rest");
        page.ShouldContain("\n### \u2705 Step 1: Tables without a tenant column (rolled back)\n");
        page.ShouldContain("The figures of each table were not kept: the migration was rolled back.");
    }

    [Fact]
    public void A_failed_check_has_no_tick_whatever_the_upgrade_says_and_whatever_its_text_says()
    {
        CreateSampleStore();
        UpgradeResult upgraded = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant)));
        UpgradeResult result = upgraded with
        {
            Checks = [.. upgraded.Checks.Select(c => c with { Status = CheckStatus.Failed, Detail = Tick + " all is well" })],
        };

        foreach (ReportFormat format in new[] { ReportFormat.Markdown, ReportFormat.Html })
        {
            string page = UpgradeReport.Render(result, format);
            page.ShouldNotContain(Tick);
            page.ShouldNotContain("class=\"mark passed\"");
            page.ShouldContain("\\u{2705} all is well");
            page.ShouldContain("12 checks failed");
        }
    }

    [Theory]
    [InlineData(CheckStatus.NotChecked)]
    [InlineData(CheckStatus.Warning)]
    public void A_check_that_did_not_pass_is_no_success(CheckStatus status)
    {
        CreateSampleStore();
        UpgradeResult upgraded = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant)));
        UpgradeResult result = upgraded with { Checks = [.. upgraded.Checks.Select(c => c with { Status = status })] };

        string page = UpgradeReport.Render(result, ReportFormat.Markdown);

        page.ShouldNotContain(Tick);
        page.ShouldContain("but not every check passed");
    }

    private static void ShouldBeginWithItsError(string page, UpgradeResult result, string errorId, string verdict)
    {
        result.Error.ShouldNotBeNull().ErrorId.ShouldBe(errorId);
        string[] lines = page.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines[1].ShouldBe($"\u274C **{verdict}**");
        lines[2].ShouldBe($"- **Error:** {errorId}");
        lines[3].ShouldStartWith("- **What happened:** ");
        lines[4].ShouldStartWith("- **What to do:** ");
    }

    /// <summary>
    /// The trigger inserts without a column list: with one more column in the log it no longer compiles. PosTenancy's plan would detect
    /// this, so a
    /// script adds the columns.
    /// </summary>
    private MigrationOptions CreateStoreWithAPositionalTrigger()
    {
        Shell.Sql(
            Database,
            """
            CREATE TABLE sales (id INTEGER PRIMARY KEY); CREATE TABLE log (sale INTEGER);
            CREATE TRIGGER keep AFTER INSERT ON sales BEGIN INSERT INTO log VALUES (NEW.id); END;
            INSERT INTO sales VALUES (1);
            """);
        string script = Path.Combine(Folder, "008.sql");
        File.WriteAllText(script, $"{AddTenant("sales")} {AddTenant("log")}");
        return new MigrationOptions(Tenant) { Script = ScriptFile.Read(script) };

        static string AddTenant(string table) =>
            $"ALTER TABLE {table} ADD COLUMN tenant_id TEXT NOT NULL DEFAULT '{Tenant}'; CREATE INDEX {table}_tenant ON {table} " +
            "(tenant_id);";
    }

    private (UpgradeResult Result, string Page) Upgrade(MigrationOptions? options = null, bool skipRehearsal = false)
    {
        UpgradeResult result = GuardedUpgrade.Run(
            Database,
            new UpgradeOptions(options ?? new MigrationOptions(Tenant)) { SkipRehearsal = skipRehearsal });
        return (result, UpgradeReport.Render(result, ReportFormat.Markdown));
    }
}
