using PosTenancy.Engine.Tenants;
using PosTenancy.Postgres;
using PosTenancy.Tests.Postgres.Support;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Postgres;

/// <summary>A tenant comes back from PostgreSQL as a SQLite database, read by the sqlite3 shell.</summary>
public sealed class ExportBackTests : ExportBackTest
{
    [Theory]
    [InlineData(CopyLayout.Plain)]
    [InlineData(CopyLayout.Partitioned)]
    [InlineData(CopyLayout.Schema)]
    public void Sample_store_comes_back_as_the_export_of_the_database_would_be(CopyLayout layout)
    {
        CreateSampleTenant();
        Sqlite("PRAGMA journal_mode = WAL; PRAGMA user_version = 7; PRAGMA application_id = 99");
        _ = Copy(Options(layout));
        string before = Snapshot();
        TenantExportResult direct = TenantExport.Create(Database, new TenantExportOptions(Tenant) { Destination = Elsewhere });
        TenantExportResult result = Export();
        (result.TenantId, result.Rows, result.Tables).ShouldBe((Tenant, 26, direct.Tables));
        result.Path.ShouldBe($"127.0.0.1:{Port}/{Target} as postgres");
        Path.GetFileName(result.ExportPath).ShouldStartWith($"pos.db.{Tenant}.export-");
        DumpOf(result.ExportPath).ShouldBe(DumpOf(direct.ExportPath));
        Rows(DumpOf(result.ExportPath)).ShouldBe(Rows(DumpOf(Database)));
        Shell.Sql(result.ExportPath, "PRAGMA integrity_check; PRAGMA journal_mode; PRAGMA user_version; PRAGMA application_id")
            .ShouldBe("ok\nwal\n7\n99");
        result.Sha256.ShouldBe(Sha256(result.ExportPath));
        File.ReadAllText(result.ManifestPath).ShouldContain(result.Sha256);
        RequireOnly(result, direct);
        Snapshot().ShouldBe(before);
    }

    [Fact]
    public void Change_at_head_office_is_in_the_file_is_restored_from_it_and_copied_again()
    {
        CreateSampleTenant();
        _ = Copy();
        _ = Psql(
            "UPDATE products SET name = 'changed' WHERE id = (SELECT min(id) FROM products); DELETE FROM audit_log; " +
            "INSERT INTO stores (id, code, name, tenant_id) VALUES ('new', 'new', 'New', 'caps-automotive')");
        TenantExportResult result = Export();
        Shell.Sql(result.ExportPath, "SELECT count(*) FROM products WHERE name = 'changed'").ShouldBe("1");
        Shell.Sql(result.ExportPath, "SELECT name, tenant_id FROM stores WHERE id = 'new'").ShouldBe($"New|{Tenant}");
        Shell.Sql(result.ExportPath, "SELECT count(*) FROM audit_log").ShouldBe("0");
        TenantRestoreResult restored = new TenantRestore(Database, new TenantRestoreOptions(Tenant, result.ExportPath)).Run();
        restored.Status.ShouldBe(TenantChangeStatus.Succeeded);
        Sqlite("SELECT count(*) FROM products WHERE name = 'changed'").ShouldBe("1");
        Copy().Status.ShouldBe(TenantChangeStatus.Succeeded);
        TargetComparison.Run(Database, Options()).IsEqual.ShouldBeTrue();
    }

    [Fact]
    public void Tenant_comes_back_alone_with_what_all_tenants_share()
    {
        Sqlite(
            """
            CREATE TABLE tenants (id TEXT PRIMARY KEY, title TEXT); INSERT INTO tenants VALUES ('north', 'N'), ('south', 'S');
            CREATE TABLE schema_migrations (version TEXT); INSERT INTO schema_migrations VALUES ('1');
            CREATE TABLE rates (id INTEGER PRIMARY KEY, n REAL); INSERT INTO rates VALUES (1, 0.5);
            CREATE TABLE sales (id INTEGER PRIMARY KEY AUTOINCREMENT, n TEXT, tenant_id TEXT NOT NULL DEFAULT 'north');
            CREATE INDEX sales_n ON sales (n COLLATE NOCASE) WHERE n <> "x";
            CREATE VIEW v AS SELECT * FROM sales;
            CREATE TRIGGER t AFTER INSERT ON sales BEGIN INSERT INTO log (n) VALUES (new.n); END;
            CREATE TABLE log (n TEXT, tenant_id TEXT NOT NULL DEFAULT 'north');
            CREATE VIRTUAL TABLE search USING fts5 (n, content = 'sales', content_rowid = 'id');
            INSERT INTO sales VALUES (1, 'alpha', 'north'), (2, 'beta', 'south'), (900, 'c', 'north');
            DELETE FROM sales WHERE id = 900; DELETE FROM log; INSERT INTO search (search) VALUES ('rebuild'); ANALYZE;
            """);
        _ = Copy();
        _ = Psql("UPDATE rates SET n = 0.75; INSERT INTO sales (n, tenant_id) VALUES ('gamma', 'north'), ('d', 'south')");
        _ = Psql("DELETE FROM sales WHERE n = 'd'");
        TenantExportResult result = Export("north");
        result.RowsShared.ShouldBe(1);
        string Read(string sql) => Shell.Sql(result.ExportPath, sql);
        Read("SELECT * FROM sales").ShouldBe("1|alpha|north\n901|gamma|north");
        Read("SELECT * FROM rates; SELECT * FROM tenants; SELECT * FROM schema_migrations").ShouldBe("1|0.75\nnorth|N\n1");
        Read("SELECT count(*) FROM log; SELECT rowid FROM search('gamma'); SELECT count(*) FROM v").ShouldBe("0\n901\n2");
        Read("SELECT seq FROM sqlite_sequence; SELECT count(*) > 0 FROM sqlite_stat1").ShouldBe("902\n1");
        Read("SELECT sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite%' AND name NOT LIKE 'search_%' ORDER BY name").ShouldBe(
            Sqlite("SELECT sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite%' AND name NOT LIKE 'search_%' ORDER BY name"));
        result.Warnings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("UTF-8")]
    [InlineData("UTF-16le")]
    public void Values_of_every_storage_class_come_back(string encoding)
    {
        Sqlite(
            $"""
            PRAGMA encoding = '{encoding}'; PRAGMA page_size = 1024; PRAGMA auto_vacuum = FULL;
            CREATE TABLE v (i INTEGER, r REAL, t TEXT, b BLOB, any, n NUMERIC, day DATE, at TEXT, flag BOOLEAN,
                twice INTEGER AS (flag * 2), tenant_id TEXT NOT NULL);
            INSERT INTO v (i, r, t, b, any, n, day, at, flag, tenant_id) VALUES
                (9223372036854775807, 9e999, '', x'', -0.0, 3, '2024-02-29', '2026-01-31 23:59:59', 1, 'ä'),
                (-9223372036854775808, -9e999, 'Gé€😀 ''" \ ', x'00FF', 0.1, 2.5, '0001-01-01', '9999-12-31 00:00:00', 0, 'ä'),
                (NULL, 5e-324, char(10) || 'x' || char(9), NULL, 1e300, NULL, NULL, NULL, NULL, 'ä');
            """);
        _ = Copy(Options() with { DateTime = DateTimeColumns.Timestamp });
        Psql("SELECT pg_typeof(day), pg_typeof(at), pg_typeof(n) FROM v LIMIT 1").ShouldBe(
            "date|timestamp without time zone|double precision");
        TenantExportResult result = Export("ä");
        DumpOf(result.ExportPath).ShouldBe(DumpOf(Database));
        const string Types = "SELECT typeof(i), typeof(r), typeof(t), typeof(b), typeof(any), typeof(n), hex(t), 1 / any FROM v ORDER BY i";
        Shell.Sql(result.ExportPath, Types).ShouldBe(Sqlite(Types));
        Shell.Sql(result.ExportPath, "PRAGMA encoding; PRAGMA page_size; PRAGMA auto_vacuum").ShouldBe($"{encoding}\n1024\n1");
        result.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void Columns_whose_storage_class_is_lost_are_named()
    {
        Sqlite(
            """
            CREATE TABLE v (a, b, c BLOB, d INTEGER, e DECIMAL, tenant_id TEXT NOT NULL);
            INSERT INTO v VALUES (1, 'x', 'text', 'y', 1, 'a'), (1.5, 2, x'01', 3, 1.5, 'a');
            """);
        _ = Copy(Options() with
        {
            Conversion = new Dictionary<string, ValueConversion>
            {
                ["v.b"] = ValueConversion.Text, ["v.c"] = ValueConversion.Bytea, ["v.d"] = ValueConversion.Text,
            },
        });
        TenantExportResult result = Export("a");
        result.Warnings.ShouldBe(
        [
            "v: Column a was converted by the rule IntegersAsDouble: its integers come back as real numbers.",
            "v: Column b was converted by the rule ChosenText: its numbers come back as texts.",
            "v: Column c was converted by the rule ChosenBytea: its texts come back as blobs.",
        ]);
        Shell.Sql(result.ExportPath, "SELECT typeof(a), typeof(b), typeof(c), typeof(d), typeof(e) FROM v").ShouldBe(
            "real|text|blob|text|integer\nreal|text|blob|integer|real");
    }

    [Fact]
    public void Negative_zero_that_SQLite_does_not_keep_is_named()
    {
        Sqlite("CREATE TABLE v (id INTEGER PRIMARY KEY, r REAL, tenant_id TEXT NOT NULL); INSERT INTO v VALUES (1, 1.5, 'a');");
        _ = Copy();
        _ = Psql("UPDATE v SET r = '-0'");
        TenantExportResult result = Export("a");
        result.Warnings.ShouldBe(["v: Column r has 1 negative zero, which SQLite stores as 0."]);
        Shell.Sql(result.ExportPath, "SELECT r FROM v").ShouldBe("0.0");
    }

    [Fact]
    public void Store_that_the_tenant_was_comes_back_without_its_column()
    {
        CreateSampleStore();
        string before = Rows(DumpOf(Database));
        _ = PosTenancy.Engine.Migration.TenantMigration.Migrate(Database, new MigrationOptions(Tenant));
        _ = Copy();
        TenantExportResult result = TargetExport.Create(Back() with { AsSingleTenant = true });
        result.AsSingleTenant.ShouldBeTrue();
        Rows(DumpOf(result.ExportPath)).ShouldBe(before);
    }

    [Fact]
    public void Owner_under_the_policy_exports_each_tenant_alone()
    {
        Sqlite(
            """
            CREATE TABLE sales (id INTEGER PRIMARY KEY, n TEXT, tenant_id TEXT NOT NULL);
            INSERT INTO sales VALUES (1, 'a', 'north'), (2, 'b', 'north'), (3, 'c', 'south');
            """);
        string owner = $"owner_{Target}";
        _ = Psql(
            $"CREATE ROLE {owner} LOGIN PASSWORD 'pw'; GRANT CREATE ON DATABASE {Target} TO {owner}; " +
            $"GRANT CREATE ON SCHEMA public TO {owner}");
        System.Net.NetworkCredential credential = new(owner, "pw");
        _ = Copy(Options() with { Credential = credential });
        Psql($"SET ROLE {owner}; SELECT count(*) FROM sales").ShouldBe("0");
        TenantExportResult result = TargetExport.Create(Back("north") with { Credential = credential });
        Shell.Sql(result.ExportPath, "SELECT * FROM sales").ShouldBe("1|a|north\n2|b|north");
        result = TargetExport.Create(Back("south") with { Credential = credential });
        Shell.Sql(result.ExportPath, "SELECT * FROM sales").ShouldBe("3|c|south");
    }

    [Fact]
    public void Role_that_may_only_read_exports_the_tenant()
    {
        Sqlite(
            """
            CREATE TABLE sales (id INTEGER PRIMARY KEY AUTOINCREMENT, n TEXT, tenant_id TEXT NOT NULL);
            INSERT INTO sales VALUES (1, 'a', 'north'), (9, 'c', 'south');
            """);
        _ = Copy();
        string reader = $"reader_{Target}";
        _ = Psql(
            $"CREATE ROLE {reader} LOGIN PASSWORD 'pw'; GRANT USAGE ON SCHEMA postenancy TO {reader}; " +
            $"GRANT SELECT ON sales, postenancy.copies, postenancy.stores TO {reader}; INSERT INTO sales VALUES (2, 'b', 'north')");
        TenantExportResult result = TargetExport.Create(
            Back("north") with { Credential = new System.Net.NetworkCredential(reader, "pw") });
        Shell.Sql(result.ExportPath, "SELECT * FROM sales; SELECT seq FROM sqlite_sequence").ShouldBe("1|a|north\n2|b|north\n9");
        result.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void Rows_are_read_in_one_state()
    {
        Sqlite(
            """
            CREATE TABLE a (id INTEGER PRIMARY KEY, tenant_id TEXT NOT NULL);
            CREATE TABLE b (id INTEGER PRIMARY KEY REFERENCES a, tenant_id TEXT NOT NULL);
            INSERT INTO a VALUES (1, 'x'); INSERT INTO b VALUES (1, 'x');
            """);
        _ = Copy();
        TenantExportResult result = TargetExport.Create(Back("x"), new At("Reading rows from PostgreSQL", () =>
            Psql("DELETE FROM b; UPDATE a SET id = 2")));
        Shell.Sql(result.ExportPath, "SELECT id FROM a; SELECT id FROM b").ShouldBe("1\n1");
    }

    [Fact]
    public void Preview_counts_the_rows_and_writes_nothing()
    {
        CreateSampleTenant();
        _ = Copy(Options(CopyLayout.Schema));
        string before = Snapshot();
        (string folder, IReadOnlyList<TenantTable> tables) = TargetExport.Preview(Back());
        folder.ShouldBe(Elsewhere);
        tables.Sum(t => t.Rows).ShouldBe(26);
        Snapshot().ShouldBe(before);
    }
}
