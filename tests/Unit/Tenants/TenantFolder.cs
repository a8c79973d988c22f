using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Tenants;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Tenants;

/// <summary>A database with the tenant south, and north, which was imported from a store of its own.</summary>
public abstract class TenantFolder : TestFolder
{
    protected const string StoreSchema = """
        CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT, code TEXT);
        CREATE TABLE sales(id INTEGER PRIMARY KEY AUTOINCREMENT, customer INTEGER REFERENCES customers, receipt TEXT, note BLOB);
        CREATE TABLE lines(sale INTEGER REFERENCES sales(id), line INTEGER, price REAL, PRIMARY KEY(sale, line)) WITHOUT ROWID;
        CREATE TABLE parts(id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parts(id), name TEXT);
        CREATE TABLE notes(about TEXT, word TEXT);

        """;

    protected static readonly string[] South =
    [
        "INSERT INTO customers VALUES(1, 'Ada', 'a'), (2, 'Bo', 'b')",
        "INSERT INTO sales VALUES(1, 2, 'R1', x'00'), (2, 1, 'R2', NULL)",
        "INSERT INTO notes VALUES('south', 'x')",
    ];

    protected static readonly string[] North =
    [
        "INSERT INTO customers VALUES(1, 'Cy', ''), (2, 'Di', NULL), (7, 'Ed', 'e')",
        "INSERT INTO sales VALUES(1, 7, 'R1', x''), (2, 2, 'R2', zeroblob(9000)), (3, 1, 'R3', 'text')",
        "INSERT INTO lines VALUES(1, 1, 1.5), (1, 2, 2), (2, 1, -0.0)",
        "INSERT INTO parts VALUES(1, NULL, 'engine'), (2, 1, 'piston'), (3, 99, 'lost')",
        "INSERT INTO notes VALUES('a', 'x'), ('a', 'x'), ('b', NULL)",
    ];

    protected string Source => Path.Combine(Folder, "north.db");

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The database with both tenants.</summary>
    protected TenantImportResult CreateBoth(MigrationOptions? options = null)
    {
        Create(Database, South);
        Migrate(options);
        Create(Source, North);
        return Import();
    }

    protected TenantImportResult Import(
        string? database = null, string? source = null, string tenant = "north", KeyDeclarations? keys = null)
    {
        TenantImportResult result = TenantImport.Run(
            database ?? Database,
            [new TenantSource(source ?? Source, tenant) { Keys = keys }],
            new TenantImportOptions(),
            cancellation: Cancel).Single();
        result.Status.ShouldBe(TenantChangeStatus.Succeeded, result.Error?.Message);
        return result;
    }

    protected void Migrate(MigrationOptions? options = null, string? database = null)
    {
        UpgradeResult result = GuardedUpgrade.Run(database ?? Database, new UpgradeOptions(options ?? new MigrationOptions("south")));
        result.Status.ShouldBe(UpgradeStatus.Succeeded, result.Error?.Message);
    }

    protected static void Create(string path, params string[] rows) =>
        Shell.Sql(path, StoreSchema + string.Join(";\n", rows) + ";");

    protected string Sql(string sql) => Shell.Sql(Database, sql);

    /// <summary>The differences between a tenant and a file, one per line.</summary>
    protected string Differences(
        string with, string tenant = "north", Func<TenantComparisonOptions, TenantComparisonOptions>? change = null)
    {
        TenantComparisonOptions options = new(tenant, with);
        using TenantComparisonReading reading = TenantComparison.Run(Database, change?.Invoke(options) ?? options, cancellation: Cancel);
        string[] all = [.. reading.Differences.Select(d => d.ToString())];
        reading.IsEqual.ShouldBe(all.Length == 0);
        return string.Join('\n', all);
    }
}
