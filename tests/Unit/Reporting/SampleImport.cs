using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Tenants;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Reporting;

/// <summary>An import whose sources end in every way that a real one can.</summary>
internal static class SampleImport
{
    public const string HostileTenant = "a|b <script>alert(1)</script> `c` \u202Eevil";

    private const string Schema = """
        CREATE TABLE makes(id INTEGER PRIMARY KEY, name TEXT);
        CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT);
        CREATE TABLE sales(id INTEGER PRIMARY KEY, customer INTEGER REFERENCES customers, make INTEGER REFERENCES makes, receipt TEXT);
        CREATE VIEW names AS SELECT name FROM customers;
        INSERT INTO makes VALUES (1, 'Dell'), (2, 'Sony');

        """;

    private static readonly DateTimeOffset Start = new(2026, 1, 11, 13, 31, 5, 250, TimeSpan.Zero);

    /// <summary>
    /// Imports into a database that has one tenant and a second from an earlier run: that one again, two stores, one with another schema,
    /// and a file that is no database.
    /// </summary>
    /// <param name="database">Path of the database; it does not exist yet.</param>
    public static TenantImportRun Run(string database)
    {
        string[] names = ["north", "old", "east", "newer", "text"];
        string[] sources = [.. names.Select(n => Path.Combine(Path.GetDirectoryName(database)!, n + ".db"))];
        Shell.Sql(database, Schema + "INSERT INTO customers VALUES (1, 'Ada'); INSERT INTO sales VALUES (1, 1, 1, 'R1');");
        GuardedUpgrade.Run(database, new UpgradeOptions(new MigrationOptions("south") { ReferenceTable = ["makes"] })).Status
            .ShouldBe(UpgradeStatus.Succeeded);
        Shell.Sql(
            sources[0],
            Schema + "INSERT INTO customers VALUES (1, 'Bo'), (7, 'Cy'); INSERT INTO sales VALUES (1, 7, 2, 'R1'), (2, 1, 3, 'R2');" +
            "INSERT INTO makes VALUES (3, 'Acer');");
        Shell.Sql(sources[1], Schema + "INSERT INTO customers VALUES (1, 'Di');");
        Shell.Sql(sources[2], Schema);
        Shell.Sql(sources[3], Schema + "ALTER TABLE sales ADD COLUMN extra;");
        File.WriteAllText(sources[4], "no database, and no <b>bold</b> one | either");
        TenantImport.Run(database, [new TenantSource(sources[1], "old")], new TenantImportOptions()).Single().Status
            .ShouldBe(TenantChangeStatus.Succeeded);

        TenantImportOptions options = new() { SharedRows = SharedRowsAction.KeepExisting };
        string[] tenants = ["north", "old", HostileTenant, "newer", "text"];
        return new TenantImportRun(
            database,
            TenantImport.Run(database, [.. sources.Select((s, i) => new TenantSource(s, tenants[i]))], options),
            Start,
            TimeSpan.FromSeconds(100));
    }
}
