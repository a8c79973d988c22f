using System.Globalization;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Recovery;

namespace PosTenancy.Bench;

/// <summary>
/// A table rebuilt for a key per tenant: PosTenancy's transaction beside the shell that runs the same statements, with and without the
/// proof.
/// </summary>
internal static class RebuildBench
{
    public static void Run(string folder, int rows)
    {
        string database = Path.Combine(folder, "rebuild.db");
        string copy = Path.Combine(folder, "rebuild-copy.db");
        string copyWithoutProof = Path.Combine(folder, "rebuild-copy-without-proof.db");
        Shell.Time("sqlite3", Schema(rows), database);
        File.Copy(database, copy);
        File.Copy(database, copyWithoutProof);
        MigrationOptions options = new("caps-automotive") { UniqueScope = UniqueScope.Tenant };
        IReadOnlyList<PlannedStatement> statements = [.. TenantPlan.Read(database, options).Statements];
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{new FileInfo(database).Length:N0} bytes, one table of {rows:N0} rows rebuilt; one run, in this order"));

        TimeSpan withoutProof = Shell.Time("sqlite3", Script(statements.Where(s => !s.IsProof)), copyWithoutProof);
        TimeSpan shell = Shell.Time("sqlite3", Script(statements), copy);
        BackupResult backup = DatabaseBackup.Create(database);
        MigrationResult result = TenantMigration.Migrate(database, options, backup.BackupPath);
        Figures.Header("once", "sqlite3");
        Figures.Row("the same statements in the shell with the proof | without it", [shell], [withoutProof]);
        Figures.Row("statements, proof, history, checks, COMMIT | without all of these", [result.Duration], [withoutProof]);
    }

    private static string Script(IEnumerable<PlannedStatement> statements) =>
        "PRAGMA foreign_keys = OFF;\nPRAGMA legacy_alter_table = ON;\n" + Statements.Script(statements);

    private static string Schema(int rows) =>
        $"""
            PRAGMA journal_mode = OFF;
            PRAGMA synchronous = OFF;
            CREATE TABLE products(
                id INTEGER PRIMARY KEY AUTOINCREMENT, sku TEXT UNIQUE, name TEXT NOT NULL,
                price_cents INTEGER CHECK (price_cents >= 0), note TEXT);
            CREATE INDEX idx_products_name ON products(name);
            CREATE TRIGGER products_ai AFTER INSERT ON products WHEN new.note IS NULL BEGIN
                UPDATE products SET note = '' WHERE id = new.id; END;
            BEGIN;
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
            INSERT INTO products SELECT i, 'SKU-' || i, hex(randomblob(20)), i % 10000, hex(randomblob(40)) FROM n;
            COMMIT;
            """;
}
