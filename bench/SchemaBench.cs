using System.Globalization;
using System.Text;
using PosTenancy.Engine.Migration;

namespace PosTenancy.Bench;

/// <summary>Databases with little in them but schema: many tables to rebuild, with views and triggers; and many tables.</summary>
internal static class SchemaBench
{
    /// <summary>Creates 36 tables whose keys become keys per tenant, 45 views and 55 triggers, with some rows.</summary>
    public static void CreateGenerated(string path)
    {
        StringBuilder sql = new("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;\n");
        for (int i = 0; i < 36; i++)
        {
            string parent = i == 0 ? "" : $", parent_id INTEGER REFERENCES t{i / 2}(id)";
            string columns = string.Concat(Enumerable.Range(0, 20).Select(c => $", column_{c} TEXT DEFAULT 'value {c}'"));
            sql.Append(
                CultureInfo.InvariantCulture,
                $"""
                CREATE TABLE t{i}(id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL{columns}{parent},
                    amount INTEGER NOT NULL DEFAULT 0 CHECK (amount >= 0), UNIQUE (name, code));
                CREATE INDEX t{i}_name ON t{i}(name, column_1);
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20)
                INSERT INTO t{i}(id, code, name) SELECT i, 'code ' || i, 'name ' || i FROM n;

                """);
        }

        for (int i = 0; i < 45; i++)
        {
            (int a, int b) = (i % 36, (i * 7 + 1) % 36);
            sql.Append(
                CultureInfo.InvariantCulture,
                $"""
                CREATE VIEW v{i}(id, code, other, total) AS SELECT a.id, a.code, b.name, sum(a.amount) OVER (PARTITION BY a.name)
                    FROM t{a} AS a LEFT JOIN t{b} AS b ON b.id = a.id WHERE a.column_2 <> b.column_3 OR a.amount > 0;

                """);
        }

        for (int i = 0; i < 55; i++)
        {
            (int a, int b) = (i % 36, (i * 5 + 1) % 36);
            sql.Append(
                CultureInfo.InvariantCulture,
                $"""
                CREATE TRIGGER r{i} AFTER UPDATE OF column_{i % 20} ON t{a} WHEN new.amount <> old.amount BEGIN
                    UPDATE t{b} SET amount = amount + 1 WHERE code = new.code;
                    INSERT INTO t{a}(code, name) SELECT 'from ' || code, name FROM v{i % 45} WHERE id = new.id;
                END;

                """);
        }

        Shell.Time("sqlite3", sql.Append("COMMIT;").ToString(), path);
    }

    /// <summary>Creates a database of that many small tables.</summary>
    public static void CreateTables(string path, int tables) =>
        Shell.Time(
            "sqlite3",
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;\n" +
                string.Concat(Enumerable.Range(0, tables).Select(i =>
                    $"CREATE TABLE t{i}(id INTEGER PRIMARY KEY, name TEXT NOT NULL, note TEXT);\n" +
                        $"INSERT INTO t{i} VALUES (1, 'n', NULL);\n")) +
                "COMMIT;",
            path);

    /// <summary>Measures how the time of an upgrade grows with the number of tables.</summary>
    public static void Run(string folder)
    {
        TimeSpan few = Upgrade(folder, 500);
        TimeSpan many = Upgrade(folder, 2000);
        Figures.Header("Many tables", "500");
        Figures.Row("upgrade of 2,000 tables | of 500", [many], [few], 5);
    }

    private static TimeSpan Upgrade(string folder, int tables)
    {
        string database = Path.Combine(folder, $"tables-{tables}.db");
        CreateTables(database, tables);
        UpgradeResult result = GuardedUpgrade.Run(database, new UpgradeOptions(new MigrationOptions("caps-automotive")));
        if (result.Status != UpgradeStatus.Succeeded)
        {
            throw new InvalidOperationException(result.Error?.Message);
        }

        return result.Duration;
    }
}
