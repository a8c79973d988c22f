using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Queries;
using PosTenancy.Engine.Recovery;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Queries;

/// <summary>A file of the application's own queries: the form of each without a tenant, and statements that are not queries.</summary>
public sealed class QueryFileTests : TestFolder
{
    private string Sql => Path.Combine(Folder, "queries.sql");

    [Theory]
    [InlineData("SELECT * FROM sales WHERE tenant_id = :tenant_id", "SELECT * FROM sales WHERE TRUE")]
    [InlineData(
        "SELECT * FROM sales WHERE id=1 AND tenant_id=@tenant_id ORDER BY id",
        "SELECT * FROM sales WHERE id=1 AND TRUE ORDER BY id"
    )]
    [InlineData("SELECT * FROM sales s WHERE (:tenant_id == s.\"TENANT_ID\")", "SELECT * FROM sales s WHERE (TRUE)")]
    [InlineData("SELECT 1 FROM main.sales WHERE main.sales.[tenant_id] IS :tenant_id", "SELECT 1 FROM main.sales WHERE TRUE")]
    [InlineData(
        "SELECT 1 FROM sales s JOIN lines l ON l.sale = s.id AND l.tenant_id = s.tenant_id WHERE s.tenant_id = :tenant_id",
        "SELECT 1 FROM sales s JOIN lines l ON l.sale = s.id AND TRUE WHERE TRUE"
    )]
    [InlineData("SELECT count(*) FROM sales -- tenant_id = :tenant_id", "SELECT count(*) FROM sales")]
    [InlineData("SELECT 'tenant_id = :tenant_id' FROM sales", "SELECT 'tenant_id = :tenant_id' FROM sales")]
    public void Query_before_is_the_one_without_the_tenant(string after, string before)
    {
        File.WriteAllText(Sql, after);
        QueryFile.Read(Sql).Pairs("tenant_id").ShouldHaveSingleItem().Before.ShouldBe(before);
    }

    [Theory]
    [InlineData("SELECT 1;\n\nDELETE FROM sales", 3, "it is not a SELECT")]
    [InlineData("PRAGMA user_version = 5", 1, "it is not a SELECT")]
    [InlineData("BEGIN", 1, "it is not a SELECT")]
    [InlineData("SELECT 1;\nWITH x AS (SELECT 1) DELETE FROM sales RETURNING id", 2, "it would write")]
    [InlineData("SELECT 1;\nSELECT absent FROM sales", 2, "no such column: absent")]
    [InlineData("SELECT * FROM sales WHERE id = :id AND tenant_id = :tenant_id", 1, "its parameter :id has no value")]
    [InlineData("SELECT * FROM sales WHERE id = ?", 1, "its parameter ? has no value")]
    [InlineData("SELECT * FROM sales WHERE tenant_id IN (:tenant_id)", 1, "is compared as \"tenant_id = :tenant_id\"")]
    [InlineData("SELECT * FROM sales WHERE id + tenant_id = :tenant_id", 1, "is compared as \"tenant_id = :tenant_id\"")]
    public void What_is_no_query_is_refused_with_its_line_and_nothing_is_changed(string sql, int line, string why)
    {
        Shell.Sql(Database, "CREATE TABLE sales(id INTEGER PRIMARY KEY); INSERT INTO sales VALUES (1)");
        string backup = DatabaseBackup.Create(Database).BackupPath;
        TenantMigration.Migrate(Database, new MigrationOptions(Tenant), backup);
        File.WriteAllText(Sql, sql);
        string before = Snapshot();
        PosTenancyException refusal = Should.Throw<PosTenancyException>(() =>
            TenantQueries.Measure(Database, backup, new MeasurementOptions { Queries = QueryFile.Read(Sql) }));
        refusal.ErrorId.ShouldBe(ErrorIds.QueryNotAllowed);
        refusal.Message.ShouldStartWith($"Line {line} of the query file '{Sql}' cannot be measured: ");
        refusal.Message.ShouldContain(why);
        Snapshot().ShouldBe(before);
    }

    [Fact]
    public void Query_that_only_works_after_the_migration_is_not_checked_and_says_why()
    {
        Shell.Sql(Database, "CREATE TABLE sales(id INTEGER PRIMARY KEY); INSERT INTO sales VALUES (1)");
        string backup = DatabaseBackup.Create(Database).BackupPath;
        TenantMigration.Migrate(Database, new MigrationOptions(Tenant), backup);
        File.WriteAllText(
            Sql,
            "SELECT tenant_id, count(*) FROM sales GROUP BY tenant_id; SELECT id FROM sales WHERE tenant_id = :tenant_id;");
        IReadOnlyList<QueryMeasurement> measured = TenantQueries.Measure(
            Database,
            backup,
            new MeasurementOptions { Queries = QueryFile.Read(Sql), TimePerQuery = TimeSpan.Zero });
        measured.Select(m => m.Status).ShouldBe([CheckStatus.NotChecked, CheckStatus.Passed]);
        measured[0].Cause.ShouldContain("no such column: tenant_id");
        measured[1].SqlBefore.ShouldBe("SELECT id FROM sales WHERE TRUE");
    }

    [Theory]
    [InlineData("", ErrorIds.ScriptInvalid)]
    [InlineData("-- nothing", ErrorIds.ScriptInvalid)]
    [InlineData(null, ErrorIds.ScriptNotFound)]
    public void File_that_is_missing_or_empty_is_told_so(string? text, string errorId)
    {
        if (text is not null)
        {
            File.WriteAllText(Sql, text);
        }

        Should.Throw<PosTenancyException>(() => QueryFile.Read(Sql)).ErrorId.ShouldBe(errorId);
    }
}
