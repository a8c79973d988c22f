using System.Diagnostics;
using System.Globalization;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Recovery;

namespace PosTenancy.Bench;

/// <summary>A store with years of sales: each stage beside the program that does the same by hand.</summary>
internal static class LargeBench
{
    public static void Run(string folder, int sales)
    {
        string database = Path.Combine(folder, "pos.db");
        string copy = Path.Combine(folder, "copy.db");
        string backupCopy = Path.Combine(folder, "backup.db");
        Shell.Time("sqlite3", Schema(sales), database);
        File.Copy(database, copy);
        MigrationOptions options = new("caps-automotive");
        string script = Statements.Script(database, options);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{new FileInfo(database).Length:N0} bytes, {sales * 3.7:N0} rows; one run, in this order"));

        TimeSpan byHand =
            Shell.Time("cp", null, copy, backupCopy) + Shell.Time("sha256sum", null, copy) + Shell.Time("sha256sum", null, backupCopy);
        Stopwatch watch = Stopwatch.StartNew();
        BackupResult backup = DatabaseBackup.Create(database);
        Figures.Header("once", "by hand");
        Figures.Row("backup: copy, SHA-256 of both, rows counted | cp, sha256sum x 2", watch.Elapsed, byHand);

        TimeSpan shell = Shell.Time("sqlite3", script, copy);
        TimeSpan checks = Shell.Time("sqlite3", "PRAGMA foreign_key_check;", copy);
        long before = GC.GetTotalAllocatedBytes();
        watch.Restart();
        MigrationResult result = TenantMigration.Migrate(database, options, backup.BackupPath);
        TimeSpan migration = watch.Elapsed;
        long allocated = GC.GetTotalAllocatedBytes() - before;
        Figures.Row("statements, history, checks, COMMIT | statements, fk check", result.Duration, shell + checks);
        Figures.Row("migration: lock, proofs, transaction, verification", migration, shell + checks);
        TimeSpan digest = Shell.Time("sqlite3", ".sha3sum", backup.BackupPath);
        TimeSpan integrity = Shell.Time("sqlite3", "PRAGMA integrity_check;", copy);
        Figures.Row("DataUnchanged: both files page by page | .sha3sum of one", Duration(result, "DataUnchanged"), digest);
        Figures.Row("FileIntegrity | PRAGMA integrity_check", Duration(result, "FileIntegrity"), integrity);
        Figures.Row("checks on the committed file, of it", result.Checks.Aggregate(TimeSpan.Zero, (sum, c) => sum + c.Duration), null);
        using Process self = Process.GetCurrentProcess();
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"status {result.Status}; managed memory allocated by the migration {allocated:N0} bytes; peak of the process " +
                $"{self.PeakWorkingSet64:N0} bytes"
            ));
    }

    private static TimeSpan Duration(MigrationResult result, string check) => result.Checks.Single(c => c.Name == check).Duration;

    /// <summary>SQL that creates a store with that many sales.</summary>
    public static string Schema(int sales) =>
        $"""
            PRAGMA journal_mode = OFF;
            PRAGMA synchronous = OFF;
            CREATE TABLE products(id INTEGER PRIMARY KEY, sku TEXT UNIQUE, name TEXT, price_cents INTEGER);
            CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT, note TEXT);
            CREATE TABLE sales(id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers(id), sold_at TEXT, note TEXT);
            CREATE TABLE sale_lines(
                id INTEGER PRIMARY KEY, sale_id INTEGER NOT NULL REFERENCES sales(id),
                product_id INTEGER NOT NULL REFERENCES products(id), quantity INTEGER, price_cents INTEGER, note TEXT);
            CREATE TABLE payments(id INTEGER PRIMARY KEY, sale_id INTEGER NOT NULL REFERENCES sales(id), cents INTEGER, reference TEXT);
            CREATE INDEX idx_sale_lines_sale ON sale_lines(sale_id);
            CREATE INDEX idx_sales_sold_at ON sales(sold_at);
            BEGIN;
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {sales
                / 10}) INSERT INTO products SELECT i, 'SKU-' || i, hex(randomblob(20)), i % 10000 FROM n;
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {sales
                / 10}) INSERT INTO customers SELECT i, hex(randomblob(12)), hex(randomblob(60)) FROM n;
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {sales}) INSERT INTO sales SELECT i, i % {sales
                / 10} + 1, datetime(1600000000 + i * 60, 'unixepoch'), hex(randomblob(40)) FROM n;
            INSERT INTO sale_lines SELECT id * 2 - 1, id, id % {sales / 10} + 1, 1, 999, hex(randomblob(30)) FROM sales;
            INSERT INTO sale_lines SELECT id * 2, id, id % {sales / 20} + 1, 2, 1999, hex(randomblob(30)) FROM sales WHERE id % 2;
            INSERT INTO payments SELECT id, id, 2998, hex(randomblob(16)) FROM sales;
            COMMIT;
            """;
}
