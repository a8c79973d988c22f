using System.Text.Json.Nodes;
using PosTenancy.Engine.Reporting;
using PosTenancy.Tests.Tenants;

namespace PosTenancy.Tests.Reporting;

/// <summary>The report of a tenant that was restored: where its rows came from, and what did not fit.</summary>
public sealed class RestoreReportTests : RestoreFolder
{
    [Fact]
    public void Report_says_where_the_rows_came_from_and_what_was_left_out()
    {
        string backup = CreateConflict();
        TenantRestoreResult result = Restore(
            backup, o => o with { OnConflict = RestoreConflictAction.Skip, SourceTenantId = "north" }, "nome");
        string text = ChangeReport.Render(result, ReportFormat.Markdown);
        text.ShouldContain("# Tenant restore report: nome");
        text.ShouldContain($"- **Source:** {backup}\n- **Tenant in the source:** north\n- **Source made:** 2");
        text.ShouldContain(
            "- **Rows that came back:** 1\n- **Rows that went:** 1\n- **Rows that changed:** 1\n- **Rows that were left out:** 1\n");
        text.ShouldContain("| sales | 1 | 1 | 1 |");
        text.ShouldContain("## Conflicts That Were Decided\n\n- sales 2: id 2 is taken by tenant 'south'");
        text.ShouldContain("every row as in the source, with those that were left out (1)");
        ChangeReport.Render(result, ReportFormat.Html).ShouldContain("Conflicts That Were Decided");
    }

    [Fact]
    public void Report_lists_new_keys_also_in_json()
    {
        string backup = CreateConflict();
        TenantRestoreResult result = Restore(
            backup, o => o with { OnConflict = RestoreConflictAction.NewKey, SourceTenantId = "north" }, "nome");
        ChangeReport.Render(result, ReportFormat.Markdown).ShouldContain("| sales | id | 2 | 12 |");
        JsonNode report = JsonNode.Parse(ChangeReport.Render(result, ReportFormat.Json))!;
        report["change"]!.GetValue<string>().ShouldBe("restore");
        report["result"]!["rowsReturned"]!.GetValue<long>().ShouldBe(2);
        report["result"]!["sourcePath"]!.GetValue<string>().ShouldBe(backup);
        report["result"]!["conflicts"]![0]!["kind"]!.GetValue<string>().ShouldBe("Taken");
        report["result"]!["newKeys"]![0]!["newKey"]!.GetValue<string>().ShouldBe("12");
    }

    [Fact]
    public void Report_of_a_refused_restore_lists_its_conflicts_and_counts_no_row_as_restored()
    {
        string text = ChangeReport.Render(
            Restore(CreateConflict(), o => o with { SourceTenantId = "north" }, "nome"), ReportFormat.Markdown);
        text.ShouldContain("The restore was refused. The database was not changed.");
        text.ShouldContain("- **Rows that came back:** 0\n");
        text.ShouldContain("In no table rows differ from those of the source, or the restore ended before they were compared.");
        text.ShouldContain("## Conflicts\n\n- sales 2: id 2 is taken by tenant 'south'");
        text.ShouldNotContain("## New Keys");
    }

    /// <summary>A tenant that was renamed since the backup, and whose key 2 another tenant has taken.</summary>
    private string CreateConflict()
    {
        Create(
            "CREATE TABLE sales(id INTEGER PRIMARY KEY, about TEXT);",
            "INSERT INTO sales VALUES(1, 'a'), (2, 'b'), (3, 'c'), (4, 'd');",
            "INSERT INTO sales VALUES(11, 's', 'south');");
        string backup = Backup();
        Sql("""
            UPDATE sales SET tenant_id = 'nome' WHERE tenant_id = 'north';
            INSERT INTO _postenancy_history SELECT 99, applied_at, 'Rename', 'north', 'x', 'nome', column_name, 1, 0, product_version,
                sqlite_version, 'x' FROM _postenancy_history;
            UPDATE sales SET tenant_id = 'south' WHERE id = 2; DELETE FROM sales WHERE id = 3;
            UPDATE sales SET about = 'x' WHERE id = 4; INSERT INTO sales VALUES(9, 'new', 'nome');
            """);
        return backup;
    }
}
