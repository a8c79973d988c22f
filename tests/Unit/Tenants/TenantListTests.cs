using PosTenancy.Engine.Files;
using PosTenancy.Engine.Pages;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Tenants;
using PosTenancy.Engine.Verification;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Tenants;

/// <summary>The tenants of real databases, compared with what the sqlite3 shell counts.</summary>
public sealed class TenantListTests : TestFolder
{
    private const string Column = MigrationOptions.DefaultColumnName;

    /// <summary>Tables of every form, in which the tenant column is in every place and stored in every way.</summary>
    private static readonly string[] Forms =
    [
        "CREATE TABLE t(a INTEGER PRIMARY KEY, tenant_id TEXT, b); INSERT INTO t SELECT i, who, b FROM s",
        "CREATE TABLE t(a, b); INSERT INTO t SELECT i, b FROM s WHERE i % 2; ALTER TABLE t ADD COLUMN tenant_id VARCHAR(255) NOT NULL " +
            "DEFAULT 'it''s'; INSERT INTO t SELECT i, b, who FROM s WHERE who IS NOT NULL; INSERT INTO t VALUES(1, 2, 'it''s')",
        "CREATE TABLE t(a, b); INSERT INTO t SELECT i, b FROM s; ALTER TABLE t ADD COLUMN tenant_id INTEGER DEFAULT (-(5)); " +
            "INSERT INTO t SELECT i, b, i % 3 - 5 FROM s",
        "CREATE TABLE t(a, b); INSERT INTO t SELECT i, b FROM s; ALTER TABLE t ADD COLUMN tenant_id TEXT DEFAULT bare",
        "CREATE TABLE t(a, b); INSERT INTO t SELECT i, b FROM s; ALTER TABLE t ADD COLUMN tenant_id TEXT",
        "CREATE TABLE t(a TEXT, v AS (a || 'x') VIRTUAL, w AS (a || 'y') STORED, tenant_id TEXT); INSERT INTO t SELECT b, who FROM s",
        "CREATE TABLE t(a, b, tenant_id TEXT, PRIMARY KEY(tenant_id, a)) WITHOUT ROWID; " +
            "INSERT INTO t SELECT i, b, coalesce(who, 'none') FROM s",
        "CREATE TABLE t(tenant_id TEXT, b, v AS (b), a, PRIMARY KEY(a)) WITHOUT ROWID; " +
            "INSERT INTO t(tenant_id, b, a) SELECT who, b, i FROM s",
        "CREATE TABLE t(tenant_id INTEGER PRIMARY KEY, b); INSERT INTO t SELECT i - 50, b FROM s",
        "CREATE TABLE t(a, tenant_id REAL); INSERT INTO t SELECT i, i % 4 / 2.0 FROM s; INSERT INTO t VALUES(1, 1e300), (2, 0.1)",
        "CREATE TABLE t(a, tenant_id); INSERT INTO t SELECT i, who FROM s; " +
            "INSERT INTO t VALUES(0, x'6E6F727468'), (0, 0), (0, 1), (0, '1')",
        "CREATE TABLE t(a INT, tenant_id ANY DEFAULT '7') STRICT; INSERT INTO t SELECT i, who FROM s",
        "CREATE TABLE t(a INT) STRICT; INSERT INTO t SELECT i FROM s; ALTER TABLE t ADD COLUMN tenant_id ANY DEFAULT '7'",
        "CREATE TABLE t(a, tenant_id TEXT COLLATE NOCASE); INSERT INTO t SELECT i, who FROM s; " +
            "INSERT INTO t VALUES(0, 'NORTH'), (0, 'a' || char(0) || 'b'), (0, 'grün'), (0, '')",
    ];

    private static readonly string[] Encodings = ["UTF-8", "UTF-16le", "UTF-16be"];

    public static TheoryData<string, string> Cases => new(
        from form in Forms
        from encoding in Encodings
        select (form, encoding));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Rows_and_bytes_of_each_tenant_are_those_of_the_file(string form, string encoding)
    {
        Shell.Sql(
            Database,
            $"""
            PRAGMA encoding = '{encoding}';
            CREATE TEMP TABLE s AS WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 150)
                SELECT i, printf('%d %.*c', i, i * i % 5000, 'x') AS b,
                    CASE i % 5 WHEN 0 THEN NULL WHEN 1 THEN 'north' WHEN 2 THEN 'south ' ELSE 'West' END AS who FROM n;
            {form};
            """);
        IReadOnlyList<TenantInfo> tenants = TenantList.Read(Database, Column);
        Lines(tenants).ShouldBe(Counted());
        tenants.Sum(t => t.Bytes).ShouldBe(BytesOf("t"));
        tenants.ShouldAllBe(t => t.Tables == 1 && t.PerTable.Single() == new TenantTable("t", t.Rows, t.Bytes) && t.Bytes > 0);

        // The rows that SQLite reads while part of the database is in a log are the same.
        using OtherProcess application = new(Database, "PRAGMA journal_mode = WAL; CREATE TABLE more(x);");
        IReadOnlyList<TenantInfo> logged = TenantList.Read(Database, Column);
        Lines(logged).ShouldBe(Counted());
        logged.ShouldAllBe(t => t.Bytes == null && t.PerTable.Single().Bytes == null);
        logged.ShouldAllBe(t => t.Warnings.Contains("Bytes is unknown, because part of the database is in its write-ahead log."));
    }

    [Fact]
    public void Tenant_has_the_sum_of_its_tables_in_the_order_of_their_creation()
    {
        Shell.Sql(
            Database,
            """
            CREATE TABLE z(id INTEGER PRIMARY KEY, tenant_id TEXT);
            CREATE TABLE a(id TEXT PRIMARY KEY, tenant_id TEXT, more) WITHOUT ROWID;
            CREATE TABLE alien(id);
            INSERT INTO z(tenant_id) VALUES('south'), ('north'), ('south');
            INSERT INTO a VALUES('1', 'north', zeroblob(50000)), ('2', 'north', 1);
            """);
        IReadOnlyList<TenantInfo> tenants = TenantList.Read(Database, Column);
        tenants.Select(t => t.ToString()).ShouldBe(["north: 3 rows in 2 tables", "south: 2 rows in 1 table"]);
        tenants[0].PerTable.Select(t => t.Table).ShouldBe(["z", "a"]);
        tenants[0].Bytes.ShouldBe(tenants[0].PerTable.Sum(t => t.Bytes));
        tenants[0].PerTable[1].Bytes!.Value.ShouldBeGreaterThan(50_000);
        tenants.Sum(t => t.Bytes).ShouldBe(BytesOf("z") + BytesOf("a"));
        tenants.SelectMany(t => t.Warnings).ShouldBeEmpty();
        tenants.ShouldAllBe(t => t.Path == Database);
        TenantList.Read(Database, "shop_id").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("CREATE TABLE tenants(id TEXT PRIMARY KEY, name TEXT); INSERT INTO tenants VALUES('north', 'x'), ('idle', 'y')")]
    [InlineData("CREATE TABLE Tenants(id INTEGER PRIMARY KEY, tenant_id TEXT); INSERT INTO tenants VALUES(1, 'north'), (2, 'idle')")]
    [InlineData("CREATE TABLE tenants(id INTEGER PRIMARY KEY, name TEXT UNIQUE); INSERT INTO tenants VALUES(1, 'north'), (2, 'idle')")]
    [InlineData(
        "CREATE TABLE tenants(id TEXT PRIMARY KEY, slug TEXT UNIQUE); INSERT INTO tenants VALUES('1', 'north'), ('2', 'idle');" +
            "CREATE TABLE keyed(tenant_id TEXT REFERENCES tenants(slug))")]
    public void Registry_and_rows_are_compared(string registry)
    {
        Shell.Sql(Database, $"CREATE TABLE t(tenant_id TEXT); INSERT INTO t VALUES('north'), ('south'), (NULL); {registry}");
        IReadOnlyList<TenantInfo> tenants = TenantList.Read(Database, Column);
        tenants.Select(t => $"{t.TenantId}|{t.Tables}|{t.Rows}|{string.Join('|', t.Warnings)}").ShouldBe(
        [
            "|1|1|These rows have no tenant, so no tenant sees them.",
            "idle|0|0|The table tenants has an entry for it, but no table has rows of it.",
            "north|1|1|",
            "south|1|1|The table tenants has no entry for it.",
        ]);
        tenants[1].Bytes.ShouldBe(0);
    }

    [Fact]
    public void References_across_tenants_are_counted_for_each_pair_of_tenants()
    {
        Shell.Sql(
            Database,
            """
            CREATE TABLE p(id INTEGER PRIMARY KEY, tenant_id TEXT);
            CREATE TABLE c(id INTEGER PRIMARY KEY, p INTEGER REFERENCES p(id), tenant_id TEXT);
            CREATE TABLE lost(id INTEGER PRIMARY KEY, p INTEGER, tenant_id TEXT, FOREIGN KEY(id, p) REFERENCES c);
            INSERT INTO p VALUES(1, 'north'), (2, 'south'), (3, NULL);
            INSERT INTO c VALUES(10, 1, 'north'), (11, 2, 'north'), (12, 2, 'north'), (13, 1, 'south'), (14, 3, 'south'), (15, 1, 'west');
            INSERT INTO lost VALUES(1, NULL, 'west'), (2, NULL, 'east');
            """);
        string unread = $"The references from lost to c were not checked: SQLite failed on '{Database}': foreign key mismatch.";
        TenantList.Read(Database, Column).ToDictionary(t => t.TenantId ?? "", t => string.Join('|', t.Warnings)).ShouldBe(
            new Dictionary<string, string>
            {
                [""] = "These rows have no tenant, so no tenant sees them.",
                ["east"] = unread,
                ["north"] = "2 rows of c reference rows of p that belong to the tenant 'south', the first 11.",
                ["south"] = "1 row of c references rows of p that belong to no tenant, the first 14.|" +
                    "1 row of c references rows of p that belong to the tenant 'north', the first 13.",
                ["west"] = "1 row of c references rows of p that belong to the tenant 'north', the first 15.|" +
                    unread,
            });

        // The check says the same of all tenants together.
        TenantIntegrity.Test(Database, new TenantExpectation(TenantId: null, Column, []))
            .Single(c => c.Name == "TenantReferencesConsistent").Detail.ShouldBe("c to p: 5, the first 11");
    }

    [Fact]
    public void Ids_that_look_alike_name_each_other()
    {
        Shell.Sql(
            Database,
            """
            CREATE TABLE t(tenant_id);
            INSERT INTO t VALUES('north'), ('North'), (' north '), ('south'), (5), ('5'), (x'35');
            """);
        TenantList.Read(Database, Column).Select(t => $"{t.StorageClass} {t.TenantId}|{string.Join('|', t.Warnings)}").ShouldBe(
        [
            "text  north |It differs only in case or surrounding spaces from 'North', 'north'.",
            "blob 5|It is stored as blob and not as text, so a comparison with the text does not find these rows.",
            "integer 5|It is stored as integer and not as text, so a comparison with the text does not find these rows.",
            "text 5|",
            "text North|It differs only in case or surrounding spaces from ' north ', 'north'.",
            "text north|It differs only in case or surrounding spaces from ' north ', 'North'.",
            "text south|",
        ]);
    }

    [Fact]
    public void Table_and_index_with_different_rows_are_damage()
    {
        Shell.Sql(
            Database,
            """
            CREATE TABLE t(tenant_id TEXT, x); CREATE INDEX a ON t(tenant_id);
            CREATE TABLE u(tenant_id TEXT, x); CREATE INDEX b ON u(tenant_id);
            INSERT INTO t VALUES('north', 1), ('north', 2); INSERT INTO u VALUES('north', 1);
            PRAGMA writable_schema = ON;
            UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'b') WHERE name = 'a';
            """);
        PosTenancyException error = Should.Throw<PosTenancyException>(() => TenantList.Read(Database, Column));
        error.ErrorId.ShouldBe(ErrorIds.DatabaseCorrupt);
        error.Message.ShouldContain("the table t have 2 rows, and SQLite counts 1");
    }

    [Fact]
    public void Reading_changes_nothing_and_can_be_cancelled()
    {
        CreateSampleStore();
        Shell.Sql(Database, "ALTER TABLE users ADD COLUMN tenant_id TEXT DEFAULT 'north'");
        string before = Snapshot();
        TenantList.Read(Database, Column).Single().Rows.ShouldBe(3);
        using CancellationTokenSource stop = new();
        Should.Throw<OperationCanceledException>(() => TenantList.Read(
            Database,
            Column,
            new Observer(report =>
            {
                if (report.Part == StagePart.Statements)
                {
                    stop.Cancel();
                }
            }),
            stop.Token));
        Snapshot().ShouldBe(before);
    }

    /// <summary>The shell prints a text up to its first NUL.</summary>
    private static string[] Lines(IEnumerable<TenantInfo> tenants) =>
        [.. tenants.Select(t => $"{t.StorageClass}|{t.TenantId?.Split('\0')[0]}|{t.Rows}").Order(StringComparer.Ordinal)];

    private string[] Counted() =>
    [
        .. Shell
            .Sql(
                Database,
                """
                WITH v AS (SELECT typeof(tenant_id) AS kind, CAST(tenant_id AS TEXT) COLLATE BINARY AS id FROM t)
                SELECT kind, id, count(*) FROM v GROUP BY kind, id
                """)
            .Split('\n').Order(StringComparer.Ordinal),
    ];

    private long BytesOf(string table)
    {
        using FileStream file = FileBlocks.Open(Database);
        using DatabaseConnection connection = DatabaseConnection.OpenImmutable(Database, CancellationToken.None);
        BTreeCells cells = new(new DatabasePages(Database, file), BTree.Read(connection).First(t => t.Name == table).Root);
        long bytes = 0;
        while (cells.Read(CancellationToken.None))
        {
            bytes += cells.Size;
        }

        return bytes;
    }
}
