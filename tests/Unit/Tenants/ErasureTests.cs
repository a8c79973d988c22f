using System.Text;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Tenants;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Tenants;

/// <summary>A tenant that is erased: not one byte of its own values is left in the file, and every other row is what it was.</summary>
public sealed class ErasureTests : RemovalFolder
{
    /// <summary>Tables of every kind of storage, rows that overflow onto other pages, and an index that has values of its own.</summary>
    private const string Schema = """
        CREATE TABLE customers(id INTEGER PRIMARY KEY, tenant_id TEXT NOT NULL, name TEXT, mail TEXT UNIQUE);
        CREATE TABLE documents(tenant_id TEXT NOT NULL, id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT, raw BLOB);
        CREATE TABLE codes(code TEXT, tenant_id TEXT NOT NULL, note TEXT, PRIMARY KEY(code, tenant_id)) WITHOUT ROWID;
        CREATE TABLE plain(tenant_id TEXT NOT NULL, word TEXT);
        CREATE TABLE events(what TEXT);
        CREATE TABLE rates(id INTEGER PRIMARY KEY, name TEXT);
        CREATE INDEX customers_name ON customers(lower(name), tenant_id);
        CREATE INDEX documents_tenant ON documents(tenant_id);
        CREATE VIRTUAL TABLE search USING fts5(name, content='customers', content_rowid='id');

        """;

    private const string Rows = """
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
            INSERT INTO customers SELECT i, CASE WHEN i % 3 THEN 'the-southern' ELSE 'the-northern' END,
                CASE WHEN i % 3 THEN 'Southerner ' ELSE 'Northerner ' END || i, i || '@example.org' FROM n;
        INSERT INTO documents(tenant_id, body, raw) VALUES('the-southern', 'south-paper', x'0102030405060708'),
            ('the-northern', 'north-paper-' || printf('%.*c', 70000, 'x') || 'north-tail-of-the-paper', randomblob(70000)),
            ('the-northern', 'north-last', CAST('north-as-a-blob' AS BLOB));
        INSERT INTO codes VALUES('A-0001', 'the-southern', 'same note'), ('A-0001', 'the-northern', 'same note'),
            ('north-only-code', 'the-northern', 'north-only-note');
        INSERT INTO plain VALUES('the-northern', 'north-in-a-table-without-index'), ('the-southern', 'southern-word'),
            ('the-northern', 'same word'), ('the-southern', 'same word');
        INSERT INTO events VALUES('first'), ('second'), ('third');
        DELETE FROM events WHERE what = 'first';
        INSERT INTO rates VALUES(1, 'standard');
        INSERT INTO search(search) VALUES('rebuild');
        ANALYZE;

        """;

    private const string Read = """
        SELECT 'c', rowid, * FROM customers WHERE tenant_id = 'the-southern' ORDER BY rowid;
        SELECT 'd', rowid, tenant_id, id, body, hex(raw) FROM documents WHERE tenant_id = 'the-southern' ORDER BY rowid;
        SELECT 'o', * FROM codes WHERE tenant_id = 'the-southern' ORDER BY code;
        SELECT 'p', rowid, * FROM plain WHERE tenant_id = 'the-southern' ORDER BY rowid;
        SELECT 'e', rowid, * FROM events ORDER BY rowid; SELECT 'r', * FROM rates; SELECT * FROM sqlite_sequence;
        SELECT 's', count(*) FROM search('southerner'); PRAGMA page_size; PRAGMA auto_vacuum; PRAGMA encoding; PRAGMA journal_mode;
        PRAGMA user_version; PRAGMA application_id;
        SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE '_postenancy%' ORDER BY name;
        """;

    private static readonly string[] Own =
    [
        "the-northern", "Northerner", "northerner 3", "north-paper-", "north-tail-of-the-paper", "north-last", "north-only-code",
        "north-only-note", "north-in-a-table-without-index", "300@example.org",
    ];

    public static TheoryData<string> Files { get; } =
    [
        "",
        "PRAGMA journal_mode = WAL;",
        "PRAGMA auto_vacuum = FULL;",
        "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;",
        "PRAGMA encoding = 'UTF-16le';",
        "PRAGMA encoding = 'UTF-16be'; PRAGMA page_size = 512; PRAGMA user_version = 7; PRAGMA application_id = 99;",
        "PRAGMA page_size = 65536; PRAGMA journal_mode = PERSIST;",
    ];

    private static TenantRemovalOptions Southern(TenantRemovalOptions options) => options with { SkipExport = true };

    [Theory]
    [MemberData(nameof(Files))]
    public void Not_one_byte_of_its_own_is_left_and_every_other_row_stays(string prologue)
    {
        Shell.Sql(Database, prologue + Schema + Rows);
        string before = Sql(Read);
        Encoding encoding = prologue.Contains("16be", StringComparison.Ordinal) ? Encoding.BigEndianUnicode
            : prologue.Contains("16le", StringComparison.Ordinal) ? Encoding.Unicode
            : Encoding.UTF8;
        Own.ShouldAllBe(v => Grep(v, encoding) > 0);

        TenantRemovalResult result = EraseGood(tenant: "the-northern");

        Own.Where(v => Grep(v, encoding) > 0).ShouldBeEmpty();
        Grep("north-as-a-blob").ShouldBe(0);
        Sql(Read).ShouldBe(before);
        Sql("SELECT count(*) FROM search('northerner'); PRAGMA freelist_count; INSERT INTO search(search) VALUES('integrity-check')")
            .ShouldBe("0\n0");
        result.ProvedBy.ShouldBe(ProvedBy.Twin);
        result.Level.ShouldBe(TenantRemovalLevel.Erased);
        Sql("SELECT kind, tenant_id FROM _postenancy_history").ShouldBe("Erase|" + ErasedName.From("the-northern"));
        ErasedName.From("the-northern").ShouldStartWith("erased:");
        File.Exists(Database + "-wal").ShouldBeFalse();
    }

    [Fact]
    public void Without_Erase_no_query_finds_it_and_its_bytes_may_stay()
    {
        Shell.Sql(Database, "PRAGMA secure_delete = OFF;" + Schema + Rows);
        string before = Sql(Read);

        TenantRemovalResult result = RemoveGood(Southern, "the-northern");

        Sql(Read).ShouldBe(before);
        result.Level.ShouldBe(TenantRemovalLevel.Removed);
        Sql("SELECT count(*) FROM search('northerner')").ShouldBe("0");
        Grep("north-tail-of-the-paper").ShouldBeGreaterThan(0);
        result.HeldBy.ShouldContain(h => h.Path == "_postenancy_history.tenant_id");
    }

    [Fact]
    public void Tenant_that_was_removed_before_can_still_be_erased()
    {
        Shell.Sql(Database, "PRAGMA secure_delete = OFF;" + Schema + Rows);
        _ = RemoveGood(Southern, "the-northern");

        TenantRemovalResult result = EraseGood(Southern, "the-northern");

        result.Tables.ShouldBeEmpty();
        Own.Where(v => Grep(v) > 0).ShouldBeEmpty();
        string pseudonym = ErasedName.From("the-northern");
        Sql("SELECT kind, tenant_id FROM _postenancy_history ORDER BY id").ShouldBe($"Remove|{pseudonym}\nErase|{pseudonym}");

        TenantRemovalResult again = Remove(o => o with { Erase = true }, "the-northern");
        again.Status.ShouldBe(TenantChangeStatus.Succeeded);
        again.ProvedBy.ShouldBeNull();
        again.Warnings.ShouldHaveSingleItem().ShouldContain("was removed already");
    }

    [Fact]
    public void Values_that_the_application_copied_elsewhere_are_named_and_no_error()
    {
        Shell.Sql(Database, Schema + Rows + """
            CREATE TABLE audit_log(id INTEGER PRIMARY KEY, old TEXT, entry TEXT);
            INSERT INTO audit_log VALUES(1, NULL, '{"name":"Northerner 3","note":"same note"}'), (2, 'x', '{"name":"Southerner 4"}'),
                (3, 'the-northern', 'same word'), (4, NULL, 'Northerner 3 and Northerner 6');
            CREATE VIEW one AS SELECT * FROM plain WHERE tenant_id = 'the-northern';
            """);
        int values = Grep("Northerner 3\",");

        TenantRemovalResult result = EraseGood(Southern, "the-northern");

        result.HeldBy.Where(h => h.Kind == TenantHolderKind.Table).Select(h => $"{h.Path}: {h.Detail}").ShouldBe(
        [
            "audit_log.old: values of the tenant in 1 row", "audit_log.entry: values of the tenant in 2 rows",
            "sqlite_schema.sql: values of the tenant in 1 row",
        ]);
        result.Warnings.Count.ShouldBe(3);
        result.Warnings[0].ShouldStartWith("audit_log.old keeps values of the tenant in 1 row.");
        string.Join("", result.Warnings.Concat(result.HeldBy.Select(h => h.ToString()))).ShouldNotContain("Northerner");
        Grep("Northerner 3\",").ShouldBe(values);
        Grep("Northerner 9").ShouldBe(0);
    }

    [Fact]
    public void Samples_of_statistics_are_removed_with_the_tenant()
    {
        Shell.Sql(Database, Schema + Rows + """
            CREATE TABLE stat(tbl, idx, neq, nlt, ndlt, sample);
            INSERT INTO stat VALUES('customers', 'customers_name', '1 1', '0 0', '0 0', CAST('300@example.org' AS BLOB)),
                ('rates', 'x', '1', '0', '0', x'00');
            PRAGMA writable_schema = ON;
            UPDATE sqlite_schema SET name = 'sqlite_stat4', tbl_name = 'sqlite_stat4',
                sql = 'CREATE TABLE sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)' WHERE name = 'stat';
            """);
        Preview(Database, new TenantRemovalOptions("the-northern")).ShouldContain(
            a => a.Contains("sqlite_stat4.sample", StringComparison.Ordinal));

        TenantRemovalResult result = EraseGood(Southern, "the-northern");

        Sql("SELECT tbl FROM sqlite_stat4").ShouldBe("rates");
        Grep("300@example.org").ShouldBe(0);
        result.HeldBy.ShouldNotContain(h => h.Kind == TenantHolderKind.Table);
    }

    [Fact]
    public void Entry_in_the_list_of_tenants_goes_too()
    {
        Shell.Sql(Database, Schema + Rows + """
            CREATE TABLE tenants(id INTEGER PRIMARY KEY, slug TEXT UNIQUE, title TEXT);
            INSERT INTO tenants VALUES(1, 'the-northern', 'Northern Light Ltd'), (2, 'the-southern', 'Southern Cross'),
                (3, 'without-rows', 'Nobody');
            """);

        EraseGood(Southern, "the-northern").HeldBy.ShouldNotContain(h => h.Kind == TenantHolderKind.Table);
        _ = RemoveGood(tenant: "without-rows");

        Sql("SELECT * FROM tenants").ShouldBe("2|the-southern|Southern Cross");
        Grep("Northern Light").ShouldBe(0);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("VACUUM;", false)]
    public void Value_that_is_left_in_a_free_page_is_found(string then, bool isFound)
    {
        Shell.Sql(Database, "PRAGMA secure_delete = OFF;" + Schema + Rows);
        string before = Path.Combine(Folder, "before.db");
        File.Copy(Database, before);
        Sql("""
            PRAGMA secure_delete = OFF; DELETE FROM customers WHERE tenant_id = 'the-northern';
            DELETE FROM documents WHERE tenant_id = 'the-northern'; DELETE FROM codes WHERE tenant_id = 'the-northern';
            DELETE FROM plain WHERE tenant_id = 'the-northern'; INSERT INTO search(search) VALUES('rebuild');
            """ + then);

        (CheckStatus status, string actual, string detail) = Search(before);

        status.ShouldBe(isFound ? CheckStatus.Failed : CheckStatus.Passed, actual);
        detail.Contains("still in the file", StringComparison.Ordinal).ShouldBe(isFound);
    }

    [Theory]
    [InlineData("north-tail-of-the-paper")]
    [InlineData("Northerner 12")]
    [InlineData("the-northern")]
    public void Value_behind_the_last_row_of_a_page_is_found(string value)
    {
        Shell.Sql(Database, Schema + Rows);
        string before = Path.Combine(Folder, "before.db");
        File.Copy(Database, before);
        _ = EraseGood(Southern, "the-northern");
        Search(before).Status.ShouldBe(CheckStatus.Passed);

        // The gap between the cell pointers and the cells of the last page that has room for it.
        byte[] bytes = Bytes(Database);
        int gap = bytes.AsSpan().LastIndexOf(new byte[64]);
        gap.ShouldBeGreaterThan(0);
        string marker = value == "north-tail-of-the-paper" ? new string('x', 41) + value : value;
        AnotherProgram.Writes(Database, gap, marker);

        Search(before).Status.ShouldBe(CheckStatus.Failed);
    }

    /// <summary>Searches the database for values that the tenant has in another file.</summary>
    private (CheckStatus Status, string Actual, string Detail) Search(string before)
    {
        using ExclusiveDatabase database = ExclusiveDatabase.Open(Database, NoRemains, ExclusiveDatabase.DefaultTimeout, Cancel);
        using DatabaseConnection connection = DatabaseConnection.OpenImmutable(before, Cancel);
        TenantLayout layout = TenantLayout.Read(connection, "tenant_id", []);
        TenantValues values = new(new TenantSlice(connection, "tenant_id", "the-northern"), layout, Registry: null, ["the-northern"]);
        return new ErasedBytes(database, values, new RunContext(Database, Stage.Plan, Journal: null, Progress: null, Cancel)).Check();
    }

    [Fact]
    public void Former_name_is_erased_with_the_tenant()
    {
        Shell.Sql(Database, Schema + Rows);
        _ = RemoveGood(Southern, "the-southern");
        Sql("UPDATE _postenancy_history SET kind = 'Rename', name = 'the-former-name', tenant_id = 'the-northern'");
        File.WriteAllText(Path.Combine(Folder, "old.md"), "the-former-name");

        TenantRemovalResult result = EraseGood(o => Southern(o) with { Force = true }, "the-northern");

        Sql("SELECT name, tenant_id FROM _postenancy_history WHERE kind = 'Rename'").ShouldBe(
            $"{ErasedName.From("the-former-name")}|{ErasedName.From("the-northern")}");
        Grep("the-former-name").ShouldBe(0);
        result.HeldBy.ShouldContain(h => h.Path.EndsWith("old.md", StringComparison.Ordinal));
    }
}
