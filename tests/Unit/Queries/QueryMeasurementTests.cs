using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Queries;
using PosTenancy.Engine.Recovery;
using PosTenancy.Engine.Reporting;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Queries;

/// <summary>Queries before and after: which are derived, which findings result, and how a slowdown is explained.</summary>
public sealed class QueryMeasurementTests : TestFolder
{
    /// <summary>
    /// Sales of one store, of which few are open. A search by status is fast with its own index, and slow with a scan of the tenant's rows.
    /// </summary>
    private const string Sales = """
        CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT);
        CREATE TABLE sales(id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers(id), status TEXT, sold_at TEXT);
        CREATE INDEX by_status ON sales(status);
        CREATE INDEX by_time ON sales(sold_at);
        INSERT INTO customers VALUES (1, 'Ada'), (2, 'Grace'), (3, 'Edsger');
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
        INSERT INTO sales SELECT i, i % 3 + 1, 'no ' || (i / 10), printf('%08d', i) FROM n;
        """;

    private static readonly MeasurementOptions Quick = new() { TimePerQuery = TimeSpan.FromMilliseconds(5) };

    private string _backup = "";

    [Fact]
    public void Queries_follow_from_keys_indexes_and_foreign_keys()
    {
        Migrate(Sales);
        IReadOnlyList<QueryMeasurement> measured = Measure(Quick);
        measured
            .Select(m => $"{m.Table}: {m.Name}")
            .ShouldBe([
                "customers: count",
                "customers: by id",
                "sales: count",
                "sales: by id",
                "sales: by sold_at",
                "sales: from sold_at",
                "sales: first 50 by sold_at",
                "sales: by status",
                "sales: from status",
                "sales: first 50 by status",
                "sales: with customers by customer_id",
            ]);
        measured.ShouldAllBe(m =>
            m.Path == Database && m.BackupPath == _backup && m.TenantId == Tenant && m.Status != CheckStatus.NotChecked);
        measured.ShouldAllBe(m => m.BeforeMedian <= m.BeforeP95 && m.AfterMedian <= m.AfterP95 && m.RowsBefore == m.RowsAfter);

        QueryMeasurement byTime = measured.Single(m => m.Name == "by sold_at");
        (byTime.SqlBefore, byTime.SqlAfter).ShouldBe(
            (
                "SELECT * FROM \"sales\" WHERE \"sold_at\" = ?1",
                "SELECT * FROM \"sales\" WHERE \"sold_at\" = ?1 AND \"tenant_id\" = :tenant_id"));
        byTime.Parameters.ShouldBe(["00010000"], "a row in the middle");
        (byTime.IndexBefore, byTime.RowsAfter).ShouldBe(("by_time", 1L));
        byTime.PlanBefore.ShouldBe("SEARCH sales USING INDEX by_time (sold_at=?)");
        measured.Single(m => m.Name == "from sold_at").RowsAfter.ShouldBe(100);
        measured
            .Single(m => m.Name.StartsWith("with", StringComparison.Ordinal))
            .SqlAfter.ShouldEndWith("AND t.\"tenant_id\" = :tenant_id AND p.\"tenant_id\" = :tenant_id");
    }

    [Fact]
    public void Planner_that_prefers_the_tenant_index_is_a_warning_with_cause_and_cure()
    {
        Migrate(Sales);
        QueryMeasurement slow = Measure(Quick).Single(m => m.Name == "from sold_at");
        slow.Status.ShouldBe(CheckStatus.Warning);
        slow.Ratio!.Value.ShouldBeGreaterThan(3);
        (slow.IndexBefore, slow.IndexAfter).ShouldBe(("by_time", "idx_sales_tenant_id"));
        slow.Cause.ShouldStartWith(
            "The planner prefers idx_sales_tenant_id, which finds every row of the tenant, to by_time. It has no statistics for " +
            "idx_sales_tenant_id"
        );
        slow.Cure.ShouldContain(
            "-IndexStrategy Composite prefixes the index with tenant_id: CREATE INDEX by_time ON sales(\"tenant_id\", sold_at).");
        slow.Cure.ShouldContain("Run ANALYZE");
    }

    [Fact]
    public void Times_that_are_too_short_to_be_compared_have_no_ratio()
    {
        Migrate("CREATE TABLE few(id INTEGER PRIMARY KEY, name TEXT); INSERT INTO few VALUES (1, 'Ada')");
        IReadOnlyList<QueryMeasurement> measured = Measure(Quick);
        measured.ShouldNotBeEmpty();
        measured.ShouldAllBe(m => m.AfterMedian != null && m.Ratio == null);

        UpgradeResult result = new(Database, Tenant, UpgradeStatus.Succeeded, DateTimeOffset.Now, TimeSpan.Zero) { Queries = measured };
        UpgradeReport.Render(result, ReportFormat.Markdown).ShouldContain("| too short to compare |");
    }

    [Fact]
    public void Tenant_in_front_of_the_other_indexes_is_the_cure()
    {
        Migrate(Sales, new MigrationOptions(Tenant) { IndexStrategy = IndexStrategy.Composite });
        QueryMeasurement quick = Measure(Quick).Single(m => m.Name == "from sold_at");
        (quick.IndexBefore, quick.IndexAfter).ShouldBe(("by_time", "by_time"), quick.ToString());
        quick.PlanAfter.ShouldBe("SEARCH sales USING INDEX by_time (tenant_id=? AND sold_at>?)");
    }

    [Fact]
    public void Analyze_is_a_cure_too()
    {
        Migrate(Sales);
        Shell.Sql(Database, "ANALYZE");
        QueryMeasurement quick = Measure(Quick).Single(m => m.Name == "from sold_at");
        (quick.IndexBefore, quick.IndexAfter).ShouldBe(("by_time", "by_time"), quick.ToString());
    }

    [Fact]
    public void New_index_gets_statistics_where_the_others_have_some()
    {
        Migrate(Sales + "ANALYZE;");
        Shell.Sql(Database, "SELECT stat FROM sqlite_stat1 WHERE idx = 'idx_sales_tenant_id'").ShouldBe("20000 20000");
        Measure(Quick).Where(m => m.Table == "sales" && m.Name != "count").ShouldAllBe(m => m.IndexAfter == m.IndexBefore);
    }

    [Fact]
    public void Query_without_the_tenant_that_lost_its_index_is_told_so()
    {
        Migrate(Sales, new MigrationOptions(Tenant) { IndexStrategy = IndexStrategy.Composite });
        QueryMeasurement slow = Measure(Quick with { Queries = Queries("SELECT * FROM sales WHERE sold_at = '00010000'") })
            .ShouldHaveSingleItem();
        (slow.Status, slow.Table, slow.Name, slow.PlanAfter).ShouldBe((CheckStatus.Warning, null, "line 1", "SCAN sales"));
        slow.Cause.ShouldBe("The query does not name tenant_id, with which by_time begins now, so that index is no longer searched.");
        slow.Cure.ShouldStartWith("Add tenant_id = … to the query. Or: Run ANALYZE");

        Shell.Sql(Database, "ANALYZE");
        Measure(Quick with { Queries = Queries("SELECT * FROM sales WHERE sold_at = '00010000'") }).ShouldHaveSingleItem()
            .PlanAfter.ShouldBe("SEARCH sales USING INDEX by_time (ANY(tenant_id) AND sold_at=?)");
    }

    [Fact]
    public void Files_are_measured_without_a_trace_whatever_their_journal()
    {
        foreach (string journal in (string[])["DELETE", "WAL"])
        {
            Migrate($"PRAGMA journal_mode = {journal};" + Sales);
            string before = Snapshot();
            Measure(Quick with { Readers = 4 }).ShouldAllBe(m => m.ReaderErrors == 0);
            Snapshot().ShouldBe(before, journal);
            Directory.GetFiles(Folder).ToList().ForEach(File.Delete);
        }
    }

    [Fact]
    public void Crashed_programs_log_is_left_as_it_is_and_read_by_one()
    {
        Migrate("PRAGMA journal_mode = WAL;" + Sales);
        using (OtherProcess crashed = new(Database, $"INSERT INTO customers(id, name, tenant_id) VALUES (9, 'Barbara', '{Tenant}');"))
        {
            crashed.Kill();
        }

        File.Delete(Database + "-shm");
        string before = Snapshot();
        IReadOnlyList<QueryMeasurement> measured = Measure(Quick with { Readers = 4 });
        measured.ShouldAllBe(m => m.Readers == 0);
        measured.ShouldContain(m =>
            m.Status == CheckStatus.Warning &&
            m.Cause.StartsWith("Not read with 4 connections: a crashed program left", StringComparison.Ordinal));
        Snapshot().ShouldBe(before);
    }

    [Theory]
    [InlineData("DELETE")]
    [InlineData("WAL")]
    public void Hundred_readers_are_held_without_errors_beside_the_shop(string journal)
    {
        Migrate($"PRAGMA journal_mode = {journal};" + Sales);
        using OtherProcess shop = new(Database, "SELECT count(*) FROM sales;");
        IReadOnlyList<QueryMeasurement> measured = Measure(Quick with { Readers = 100 });
        measured.ShouldAllBe(m =>
            m.Readers == 100 && m.ReaderErrors == 0 && m.ReadersMedian > TimeSpan.Zero && m.ReadersMedian <= m.ReadersP95);
    }

    [Fact]
    public void Shop_can_write_between_two_queries()
    {
        Migrate(Sales);
        using OtherProcess shop = new(Database, ".timeout 5000");
        int asked = 0;
        TenantQueries.Measure(
            Database,
            _backup,
            Quick,
            new Observer(p =>
            {
                if (p.Stage == Stage.Measurement && p.Total > 0 && asked++ == 3)
                {
                    shop.Run(
                        $"INSERT INTO sales(id, customer_id, status, sold_at, tenant_id) VALUES (30000, 1, 'new', '99999999', '{Tenant}');"
                    );
                }
            }),
            TestContext.Current.CancellationToken);
        Shell.Sql(Database, "SELECT count(*) FROM sales").ShouldBe("20001");
    }

    [Fact]
    public void Another_number_of_rows_is_a_failure_as_long_as_nothing_was_sold()
    {
        Migrate(Sales);
        QueryMeasurement wrong = Measure(
                Quick with
                {
                    Queries = Queries(
                        "SELECT id FROM sales WHERE tenant_id = :tenant_id AND 1 = (SELECT count(*) FROM pragma_table_info('sales') " +
                        "WHERE name = 'tenant_id')"
                    ),
                })
            .ShouldHaveSingleItem();
        (wrong.Status, wrong.RowsBefore, wrong.RowsAfter).ShouldBe((CheckStatus.Failed, 0L, 20000L));
        wrong.Cause.ShouldStartWith("The result differs: 0 rows before and 20000 after");
    }

    [Fact]
    public void Tenant_is_the_only_one_or_the_one_that_is_named()
    {
        Migrate(Sales);
        Shell.Sql(Database, "INSERT INTO customers(id, name, tenant_id) VALUES (9, 'Barbara', 'second')");
        Should
            .Throw<PosTenancyException>(() => Measure(Quick))
            .Message.ShouldContain($"several tenants: {Tenant}, second. Name one with -TenantId.");
        Should.Throw<PosTenancyException>(() => Measure(Quick with { TenantId = "third" })).ErrorId.ShouldBe(ErrorIds.TenantNotFound);
        Measure(Quick with { TenantId = "second", IncludeTable = name => name == "customers" })
            .ShouldContain(m => m.TenantId == "second" && m.Status != CheckStatus.Failed);
    }

    [Fact]
    public void Database_without_the_column_is_not_migrated()
    {
        Shell.Sql(Database, Sales);
        _backup = DatabaseBackup.Create(Database).BackupPath;
        Should.Throw<PosTenancyException>(() => Measure(Quick)).ErrorId.ShouldBe(ErrorIds.NotMigrated);
    }

    [Fact]
    public void Tables_without_rows_and_with_any_name_are_no_trouble()
    {
        Migrate("""
            CREATE TABLE "select ""from"" (x)"("a b" TEXT COLLATE NOCASE, "order" BLOB, c REAL, PRIMARY KEY ("order", c)) WITHOUT ROWID;
            CREATE INDEX "i (1)" ON "select ""from"" (x)"(lower("a b") DESC, "a b" COLLATE RTRIM, c) WHERE c > 1;
            INSERT INTO "select ""from"" (x)" VALUES ('it''s', x'00ff', 2.5), ('B', x'', 1e300), ('c', zeroblob(9), -1);
            CREATE TABLE empty(id INTEGER PRIMARY KEY);
            CREATE TABLE child(a REFERENCES nowhere(x), b REFERENCES empty);
            INSERT INTO child VALUES (1, 2);
            """);
        IReadOnlyList<QueryMeasurement> measured = Measure(Quick with { Readers = 2 });
        QueryMeasurement empty = measured.Single(m => m.Table == "empty");
        (empty.Status, empty.Cause).ShouldBe((CheckStatus.NotChecked, "The table has no rows."));
        measured.Where(m => m != empty).ShouldAllBe(m => m.AfterMedian != null && m.ReaderErrors == 0);
        QueryMeasurement range = measured.Single(m =>
            m.Name.Contains(", from c", StringComparison.Ordinal) && m.Name.StartsWith("by lower", StringComparison.Ordinal));
        range.IndexBefore.ShouldBe("i (1)");
    }

    [Fact]
    public void Large_answer_is_stepped_through_and_not_kept()
    {
        Migrate(
            "CREATE TABLE notes(id INTEGER PRIMARY KEY, kind INTEGER, note TEXT); CREATE INDEX kinds ON notes(kind); WITH RECURSIVE n(i) " +
            "AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT INTO notes SELECT i, 1, hex(randomblob(500)) FROM n;"
        );
        long before = GC.GetAllocatedBytesForCurrentThread();
        Measure(Quick).Single(m => m.Name == "by kind").RowsAfter.ShouldBe(20000);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(5_000_000, "the rows have 20 MB");
    }

    private string QueryPath => Path.Combine(Folder, "queries.sql");

    private QueryFile Queries(string sql)
    {
        File.WriteAllText(QueryPath, sql);
        return QueryFile.Read(QueryPath);
    }

    private IReadOnlyList<QueryMeasurement> Measure(MeasurementOptions options) =>
        TenantQueries.Measure(Database, _backup, options, cancellation: TestContext.Current.CancellationToken);

    private void Migrate(string sql, MigrationOptions? options = null)
    {
        Shell.Sql(Database, sql);
        _backup = DatabaseBackup.Create(Database).BackupPath;
        TenantMigration.Migrate(Database, options ?? new MigrationOptions(Tenant), _backup).Status.ShouldBe(MigrationStatus.Migrated);
    }
}
