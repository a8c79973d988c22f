using System.Text.Json;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Reporting;
using PosTenancy.Engine.Scripts;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Reporting;

/// <summary>The report identifies the script, the statements that ran, and their output.</summary>
public sealed class ScriptReportTests : TestFolder
{
    private readonly string _script;
    private readonly UpgradeResult _result;

    public ScriptReportTests()
    {
        Shell.Sql(Database, "CREATE TABLE sales(id INTEGER PRIMARY KEY, note TEXT); INSERT INTO sales VALUES (1, '<b>|\u2705')");
        _script = Path.Combine(Folder, OperatingSystem.IsWindows() ? "008 add.sql" : "008|add.sql");
        File.WriteAllText(_script, """
            BEGIN;
            ALTER TABLE sales
              ADD COLUMN tenant_id TEXT NOT NULL DEFAULT 'caps-automotive';
            CREATE INDEX s ON sales(tenant_id);
            SELECT id, note, NULL AS missing FROM sales;
            SELECT 1 AS one WHERE 0;
            COMMIT;
            """);
        _result = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant) { Script = ScriptFile.Read(_script) }));
        _result.Status.ShouldBe(UpgradeStatus.Succeeded, _result.Error?.Message);
    }

    [Fact]
    public void Markdown_names_the_script_and_shows_its_statements_and_rows()
    {
        string page = UpgradeReport.Render(_result, ReportFormat.Markdown);

        page.ShouldContain($"\n- **SHA-256:** {Sha256(_script)}\n");
        page.ShouldContain("\n- **Statements:** 6, of which 2 are not run\n");
        page.ShouldContain(
            "\n-- line 1, not run: the guard's transaction encloses the entire script\n-- BEGIN\n-- line 2\nALTER TABLE sales\n  " +
            "ADD COLUMN tenant_id TEXT NOT NULL DEFAULT 'caps-automotive';\n"
        );
        page.ShouldContain(
            "\n**Line 5:** SELECT id, note, NULL AS missing FROM sales (1 row)\n\n| id | note | missing |\n| --- | --- | --- |\n| 1 | " +
            "&lt;b&gt;\\|\\\\u{2705} | NULL |\n"
        );
        page.ShouldContain("\n**Line 6:** SELECT 1 AS one WHERE 0 (0 rows)\n");
        page.ShouldContain("\n- **Indexes created:** 1\n");
        page.ShouldContain("if the script gave tenant\\_id a DEFAULT");
        MarkdownTables.Read(page).ShouldAllBe(table => table.All(row => row.Length == table[0].Length));
    }

    [Fact]
    public void Html_and_json_have_them_too()
    {
        string html = UpgradeReport.Render(_result, ReportFormat.Html);
        html.ShouldContain("<td>&lt;b&gt;|\\u{2705}</td><td>NULL</td>");
        html.ShouldContain(Sha256(_script));

        using JsonDocument json = JsonDocument.Parse(UpgradeReport.Render(_result, ReportFormat.Json));
        json.RootElement.GetProperty("plan")
            .GetProperty("options")
            .GetProperty("script")
            .GetProperty("statements")
            .GetArrayLength()
            .ShouldBe(6);
        JsonElement output = json.RootElement.GetProperty("migration").GetProperty("scriptOutput")[0];
        output.GetProperty("line").GetInt32().ShouldBe(5);
        output.GetProperty("rows")[0].EnumerateArray().Select(v => v.GetString()).ShouldBe(["1", "<b>|\u2705", null]);
    }

    [Fact]
    public void What_a_failed_rehearsal_gave_is_said_to_be_of_the_copy()
    {
        File.WriteAllText(_script, "SELECT 'seen' AS word; DELETE FROM sales;");
        UpgradeResult result = GuardedUpgrade.Run(
            Database,
            new UpgradeOptions(new MigrationOptions("other") { Script = ScriptFile.Read(_script) }));

        string page = UpgradeReport.Render(result, ReportFormat.Markdown);

        result.Error.ShouldNotBeNull().ErrorId.ShouldBe(ErrorIds.RehearsalFailed);
        MarkdownTables.Section(page, "Script output").ShouldContain("From the rehearsal on a copy");
        MarkdownTables.Section(page, "Script output").ShouldContain("| seen |");
    }

    [Fact]
    public void A_script_that_had_nothing_to_do_is_said_not_to_have_run()
    {
        UpgradeResult again = GuardedUpgrade.Run(
            Database,
            new UpgradeOptions(new MigrationOptions(Tenant) { Script = ScriptFile.Read(_script) }));
        again.Status.ShouldBe(UpgradeStatus.AlreadyMigrated);
        MarkdownTables.Section(UpgradeReport.Render(again, ReportFormat.Markdown), "Script").ShouldContain("none was run");
    }
}
