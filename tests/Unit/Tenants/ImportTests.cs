using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Tenants;
using PosTenancy.Engine.Verification;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Tenants;

/// <summary>A store is brought into a database: its rows, its keys, its references, and the proof.</summary>
public sealed class ImportTests : TestFolder
{
    private const string Schema = """
        CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT, code TEXT);
        CREATE TABLE sales(id INTEGER PRIMARY KEY AUTOINCREMENT, customer INTEGER REFERENCES customers, receipt TEXT, note BLOB);
        CREATE TABLE lines(sale INTEGER REFERENCES sales(id), line INTEGER, price REAL, PRIMARY KEY(sale, line)) WITHOUT ROWID;
        CREATE TABLE parts(id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parts(id), name TEXT);
        """;

    private string Source => Path.Combine(Folder, "north.db");

    [Fact]
    public void Integer_keys_that_collide_are_moved_and_every_reference_follows()
    {
        Create(Database, "INSERT INTO customers VALUES(1, 'Ada', 'a'), (2, 'Bo', 'b')", "INSERT INTO sales VALUES(1, 2, 'R1', x'00')");
        Migrate();
        Create(
            Source,
            "INSERT INTO customers VALUES(2, 'Cy', ''), (7, 'Di', NULL)",
            "INSERT INTO sales VALUES(1, 7, 'R1', x''), (2, 2, 'R2', zeroblob(9000)), (3, NULL, 'R3', 'text')",
            "DELETE FROM sales WHERE id = 3",
            "INSERT INTO lines VALUES(1, 1, 1.5), (1, 2, 2), (2, 1, -0.0)",
            "INSERT INTO parts VALUES(1, NULL, 'engine'), (2, 1, 'piston'), (3, 99, 'lost')");

        TenantImportResult result = Import();

        result.Status.ShouldBe(TenantChangeStatus.Succeeded, result.Error?.Message);
        result.Checks.ShouldHavePassed();
        result.ProvedBy.ShouldBe(ProvedBy.Twin);
        Sql("SELECT id, name, quote(code) FROM customers WHERE tenant_id = 'north' ORDER BY id").ShouldBe("7|Di|NULL\n8|Cy|''");
        Sql("SELECT id, customer, receipt, quote(note) = 'X''''' FROM sales WHERE tenant_id = 'north' ORDER BY id").ShouldBe(
            "2|8|R2|0\n3|7|R1|1");
        Sql("SELECT sale, line, price FROM lines WHERE tenant_id = 'north' ORDER BY 1, 2").ShouldBe("2|1|0.0\n3|1|1.5\n3|2|2.0");
        Sql("SELECT id, parent FROM parts WHERE tenant_id = 'north' ORDER BY id").ShouldBe("1|\n2|1\n3|99");
        Sql("SELECT seq FROM sqlite_sequence WHERE name = 'sales'").ShouldBe("5");
        Sql("PRAGMA foreign_key_check").ShouldBe("parts|3|parts|0");
        result.KeysMapped.ShouldBe(2);
        result.RowsImported.ShouldBe(10);
        File.Exists(result.KeyMapPath).ShouldBeTrue();
        Sql("SELECT kind, name, tenant_id FROM _postenancy_history ORDER BY id").ShouldBe(
            $"Plan||south\nImport|{Path.GetFileName(result.KeyMapPath)}|north");
    }

    private TenantImportResult Import(TenantImportOptions? options = null) => TenantImport.Run(
        Database,
        [new TenantSource(Source, "north")],
        options ?? new TenantImportOptions(),
        cancellation: TestContext.Current.CancellationToken).Single();

    private void Migrate(MigrationOptions? options = null) =>
        GuardedUpgrade.Run(Database, new UpgradeOptions(options ?? new MigrationOptions("south"))).Status.ShouldBe(UpgradeStatus.Succeeded);

    private static void Create(string path, params string[] rows) => Shell.Sql(path, Schema + string.Join(";\n", rows) + ";");

    private string Sql(string sql) => Shell.Sql(Database, sql);
}
