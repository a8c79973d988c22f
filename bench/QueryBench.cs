using System.Globalization;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Queries;
using PosTenancy.Engine.Recovery;

namespace PosTenancy.Bench;

/// <summary>
/// The queries of a large store before and after: with an index on the tenant alone, with statistics, and with the other indexes prefixed
/// with the tenant column.
/// </summary>
internal static class QueryBench
{
    public static void Run(string folder, int sales)
    {
        string store = Path.Combine(folder, "store.db");
        Shell.Time("sqlite3", Schema(sales), store);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{new FileInfo(store).Length:N0} bytes, {sales:N0} sales and {sales * 2:N0} lines; times in ms, medians, then the " +
                $"ratio to before"
            ));
        MigrationOptions separate = new("caps-automotive");
        MigrationOptions composite = separate with { IndexStrategy = IndexStrategy.Composite };
        (string Name, MigrationOptions Options, string Before, string After)[] ways =
        [
            ("separate", separate, "", ""),
            ("separate, then ANALYZE", separate, "", "ANALYZE"),
            ("composite", composite, "", ""),
            ("composite, then ANALYZE", composite, "", "ANALYZE"),
            ("ANALYZE, then separate", separate, "ANALYZE", ""),
            ("ANALYZE, separate, ANALYZE", separate, "ANALYZE", "ANALYZE"),
            ("ANALYZE, then composite", composite, "ANALYZE", ""),
        ];
        foreach ((string name, MigrationOptions options, string before, string after) in ways)
        {
            string database = Path.Combine(folder, "pos.db");
            File.Copy(store, database, overwrite: true);
            Shell.Time("sqlite3", before + ";", database);
            BackupResult backup = DatabaseBackup.Create(database);
            MigrationResult migration = TenantMigration.Migrate(database, options, backup.BackupPath);
            Shell.Time("sqlite3", after + ";", database);
            IReadOnlyList<QueryMeasurement> measured = TenantQueries.Measure(
                database,
                backup.BackupPath,
                new MeasurementOptions { TimePerQuery = TimeSpan.FromSeconds(0.5) });
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"\n{name}: {new FileInfo(database).Length:N0} bytes, migrated in {migration.Duration.TotalSeconds:N1} s; " +
                    $"{measured.Count(m => m.Status == CheckStatus.Warning)} of {measured.Count} queries are slower"
                ));
            foreach (QueryMeasurement m in measured)
            {
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{m.Table, -10} " +
                        $"{m.Name, -34}{m.BeforeMedian?.TotalMilliseconds, 10:N3}{m.AfterMedian?.TotalMilliseconds, 10:N3}" +
                        $"{m.Ratio, 9:N2} {m.Status, -8}{m.IndexAfter}"
                    ));
            }

            File.Delete(backup.BackupPath);
            File.Delete(backup.ManifestPath);
        }
    }

    private static string Schema(int sales) =>
        $"""
            PRAGMA journal_mode = OFF;
            PRAGMA synchronous = OFF;
            CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT, phone TEXT);
            CREATE TABLE sales(
                id INTEGER PRIMARY KEY, receipt TEXT UNIQUE, customer_id INTEGER REFERENCES customers(id),
                status TEXT, sold_at TEXT, cents INTEGER, note TEXT);
            CREATE TABLE sale_lines(
                id INTEGER PRIMARY KEY, sale_id INTEGER NOT NULL REFERENCES sales(id), sku TEXT, quantity INTEGER, cents INTEGER);
            CREATE INDEX idx_customers_phone ON customers(phone);
            CREATE INDEX idx_sales_customer ON sales(customer_id);
            CREATE INDEX idx_sales_status ON sales(status, sold_at);
            CREATE INDEX idx_sales_sold_at ON sales(sold_at DESC);
            CREATE INDEX idx_sale_lines_sale ON sale_lines(sale_id);
            CREATE INDEX idx_sale_lines_sku ON sale_lines(sku);
            BEGIN;
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {sales
                / 50}) INSERT INTO customers SELECT i, 'Customer ' || i, '555-' || i FROM n;
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {sales})
            INSERT INTO sales SELECT i, 'R-' || i, i * 7919 % {sales
                / 50} + 1, CASE WHEN i % 1000 = 500 THEN 'open' WHEN i % 50 = 0 THEN 'returned' ELSE 'paid' END,
                datetime(1600000000 + i * 60, 'unixepoch'), i % 10000, hex(randomblob(20)) FROM n;
            INSERT INTO sale_lines SELECT id * 2, id, 'SKU-' || (id % 5000), 1, cents FROM sales;
            INSERT INTO sale_lines SELECT id * 2 + 1, id, 'SKU-' || (id * 31 % 5000), 2, cents FROM sales;
            COMMIT;
            """;
}
