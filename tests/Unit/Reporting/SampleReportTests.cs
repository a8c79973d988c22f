using System.Text.Json;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Reporting;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Reporting;

/// <summary>The report of a real upgrade of the sample store.</summary>
public sealed class SampleReportTests : TestFolder
{
    private readonly UpgradeResult _result;

    public SampleReportTests()
    {
        CreateSampleStore();
        _result = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant)));
    }

    [Fact]
    public void Markdown_has_every_section_of_the_report_once_made_by_hand()
    {
        string page = UpgradeReport.Render(_result, ReportFormat.Markdown);

        string[] headings = [.. page.Split('\n').Where(l => l.StartsWith("## ", StringComparison.Ordinal)).Select(l => l[3..])];
        headings.ShouldBe([
            "Executive Summary",
            "Pre-Migration State",
            "Migration Execution",
            "Post-Migration State",
            "Verification Results",
            "Performance Analysis",
            "Query Performance",
            "Data Integrity Summary",
            "Tenant Isolation",
            "Risk Assessment",
            "What Was Not Checked",
            "Comparison: Rehearsal vs Production",
            "Rollback Information",
            "Next Steps",
        ]);
        string[] steps = [.. page.Split('\n').Where(l => l.Contains(" Step ")).Select(l => l[4..])];
        steps.ShouldBe(
            _result.Checks.Select((c, i) => $"{(c.Name == "UniqueKeysPerTenant" ? "\u26A0\uFE0F" : "\u2705")} Step {i + 1}: {c.Title}"));
    }

    [Fact]
    public void Markdown_has_the_measured_figures()
    {
        string page = UpgradeReport.Render(_result, ReportFormat.Markdown);

        page.ShouldStartWith(
            "# Tenant upgrade report: pos.db\n\n\u26A0\uFE0F **The upgrade succeeded, but not every check passed: 11 passed, 1 warning.**\n"
        );
        page.ShouldContain("\n- **Tenant:** caps-automotive\n");
        page.ShouldContain($"\n- **SHA-256:** {Sha256(_result.Backup!.BackupPath)}\n");
        page.ShouldContain("\n- **Recorded:** as one row in \\_postenancy\\_history, in the same transaction\n");
        page.ShouldContain(
            "\n-- one row is written to _postenancy_history here\n-- the checks run here; a failed check causes a ROLLBACK\nCOMMIT;\n");
        page.ShouldContain("\n- **Tables updated:** 32 of 32 planned\n");
        page.ShouldContain("\n- **Indexes created:** 32 of 32 planned\n");
        page.ShouldContain("\n- **Data loss:** 0 rows (26 before, 26 after)\n");
        page.ShouldContain("\n- **NULL values:** 0\n");
        page.ShouldContain("\n| vehicle\\_fitment | 7 | 7 | \u2705 yes |\n");
        page.ShouldContain("\n| **Total** | 26 | 26 | \u2705 yes |\n");
        page.ShouldContain("\n| users | 3 | caps-automotive |\n");
        page.ShouldContain("\n| users | idx\\_users\\_tenant\\_id |\n");
        page.ShouldContain("\n| Tables updated | 32 | 32 | \u2705 Passed |\n");
        page.ShouldContain("\n| Tables updated | 32 | 32 | yes |\n", customMessage: "the rehearsal's row");
        page.ShouldContain($"within: ");
        page.ShouldContain("\n| Data unchanged | every page identical to the backup, or every row equal | ");
        page.ShouldContain(" pages differ, none of them with rows | \u2705 Passed |\n");
        page.ShouldContain("DEFAULT 'caps-automotive' on tenant\\_id");
    }

    [Fact]
    public void Every_table_stands_in_the_lists_of_nulls_rows_and_indexes()
    {
        string page = UpgradeReport.Render(_result, ReportFormat.Markdown);

        MarkdownTables.Read(page)
            .Where(t => t[0][0] == "Table" && t[0][1] is "NULL values" or "Rows" or "Pre-migration" or "Index that begins with tenant\\_id")
            .Select(t => t.Count - 2)
            .ShouldBe([6, 32, 32, 33, 32], "6 bars for the tables that have rows, and 33 with the total");
    }

    [Fact]
    public void The_commands_of_the_rollback_bring_the_old_bytes_back()
    {
        string page = UpgradeReport.Render(_result, ReportFormat.Markdown);
        string[] commands = MarkdownTables.Section(page, "By hand").Split("```powershell\n")[1].Split("```")[0].Split('\n');

        (int code, string output, string error) = PowerShell.Run("-Command", string.Join('\n', commands));

        (code, error).ShouldBe((0, ""));
        output.ShouldStartWith($"{Database} is now the backup.\n");
        output.ShouldContain($" is kept as {Database}.moved-away-");
        Sha256(Database).ShouldBe(_result.Backup!.Sha256);
    }

    [Theory]
    [InlineData("/stores/pos.db", "sh powershell")]
    [InlineData(@"C:\Stores\pos.db", "powershell bat")]
    [InlineData(@"\\server\stores\pos.db", "powershell bat")]
    [InlineData(@"C:\100%\pos.db", "powershell", "the command prompt would read a variable")]
    public void The_rollback_by_hand_is_in_the_languages_of_its_system(string path, string languages, string? why = null)
    {
        BackupResult backup = _result.Backup! with { BackupPath = path + ".backup-20260111-133105" };

        string page = UpgradeReport.Render(_result with { Path = path, Backup = backup }, ReportFormat.Markdown);

        IEnumerable<string> fences = MarkdownTables
            .Section(page, "By hand")
            .Split('\n')
            .Where(l => l.StartsWith("```", StringComparison.Ordinal));
        string.Join(' ', fences.Where(l => l.Length > 3).Select(l => l[3..])).ShouldBe(languages, why);
    }

    [Fact]
    public void The_rollback_at_the_command_prompt_has_folder_name_and_backup()
    {
        BackupResult backup = _result.Backup! with { BackupPath = @"D:\Backups\pos.db.backup-1" };

        string page = UpgradeReport.Render(_result with { Path = @"C:\Stores\pos.db", Backup = backup }, ReportFormat.Markdown);

        page.ShouldContain(
            "```bat\nset \"folder=C:\\Stores\\\"\nset \"database=pos.db\"\nset \"backup=D:\\Backups\\pos.db.backup-1\"\n" +
            $"set \"sha256={backup.Sha256}\"\n");
    }

    [Fact]
    public void A_store_that_was_migrated_before_reads_well()
    {
        UpgradeResult again = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant)));

        string page = UpgradeReport.Render(again, ReportFormat.Markdown);

        page.ShouldContain(
            "\n\n\u26A0\uFE0F **The database was already migrated. Nothing was written. Checks: 9 passed, 1 warning, 2 not checked.**\n");
        page.ShouldContain("\n- **Backup:** none made: nothing had to be written\n");
        page.ShouldContain("\n| Tables updated | 0 | 0 | \u2705 Passed |\n");
        page.ShouldContain("\n| Row count match | 26 | 26 | \u2796 Not checked |\n", customMessage: "one count compared with itself");
        page.ShouldContain("There is nothing to roll back: nothing was written");
        page.ShouldNotContain("**Total** | 26 | 26 | \u2705");
    }

    [Fact]
    public void Json_is_the_result_with_a_name_and_a_version()
    {
        using JsonDocument json = JsonDocument.Parse(UpgradeReport.Render(_result, ReportFormat.Json));

        JsonElement root = json.RootElement;
        root.EnumerateObject().Take(2).Select(p => $"{p.Name}={p.Value}").ShouldBe(["schema=PosTenancy.UpgradeReport", "version=2"]);
        root.GetProperty("status").GetString().ShouldBe("Succeeded");
        root.GetProperty("path").GetString().ShouldBe(Database);
        root.GetProperty("backup").GetProperty("sha256").GetString().ShouldBe(_result.Backup!.Sha256);
        JsonElement migration = root.GetProperty("migration");
        string.Join(' ', from name in (string[])["tablesUpdated", "indexesCreated", "rowsBefore", "rowsAfter", "nullTenantIds"]
                         select migration.GetProperty(name).GetInt64())
            .ShouldBe("32 32 26 26 0");
        root.GetProperty("checks")
            .EnumerateArray()
            .Select(c => c.GetProperty("status").GetString())
            .ShouldBe([.. Enumerable.Repeat("Passed", 11), "Warning"]);
        root.GetProperty("plan").EnumerateObject().Select(p => p.Name).ShouldBe(
            ["options", "history", "tables", "warnings", "recordedSharedTables", "hasChanges"]);
    }

    [Theory]
    [InlineData("report.md", "# Tenant upgrade report")]
    [InlineData("REPORT.HTML", "<!DOCTYPE html>")]
    [InlineData("report.json", "{")]
    public void The_ending_chooses_the_format_and_an_old_report_is_replaced(string name, string start)
    {
        string path = Path.Combine(Folder, name);
        File.WriteAllText(path, "an old report");
        int files = Directory.EnumerateFiles(Folder).Count();

        UpgradeReport.Write(_result, path);

        File.ReadAllText(path).ShouldStartWith(start);
        Directory.EnumerateFiles(Folder).Count().ShouldBe(files, "nothing is left beside it");
    }

    [Theory]
    [InlineData("report.txt", "its extension is not .md, .html or .json")]
    [InlineData("report", "its extension is not .md, .html or .json")]
    [InlineData("nowhere/report.md", "its folder does not exist")]
    [InlineData("folder.md", "it is a folder")]
    public void A_path_that_cannot_be_a_report_is_refused(string name, string why)
    {
        Directory.CreateDirectory(Path.Combine(Folder, "folder.md"));
        string before = Snapshot();

        PosTenancyException refused = Should.Throw<PosTenancyException>(() => UpgradeReport.Write(_result, Path.Combine(Folder, name)));

        refused.ErrorId.ShouldBe(ErrorIds.InvalidReportPath);
        refused.Message.ShouldContain(why);
        Snapshot().ShouldBe(before);
    }

    [Fact]
    public void A_report_never_replaces_the_manifest_of_the_backup()
    {
        string link = Path.Combine(Folder, "report.json");
        AnotherProgram.MakesLink(link, _result.Backup!.ManifestPath);
        string before = Snapshot();

        foreach (string path in new[] { _result.Backup.ManifestPath, link })
        {
            Should
                .Throw<PosTenancyException>(() => UpgradeReport.Write(_result, path))
                .Message.ShouldContain("it is the manifest of the backup");
        }

        Snapshot().ShouldBe(before);
    }
}
