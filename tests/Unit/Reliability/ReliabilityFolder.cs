using System.Text.RegularExpressions;
using PosTenancy.Engine.Migration;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Reliability;

/// <summary>A small store's database, and the conditions that its folder must always meet.</summary>
public abstract class ReliabilityFolder : TestFolder
{
    /// <summary>A few dozen pages, so that a run of the whole guard is short and can be repeated many times.</summary>
    protected const string Shop =
        """
        CREATE TABLE stores(id INTEGER PRIMARY KEY, name TEXT NOT NULL);
        CREATE TABLE sales(id INTEGER PRIMARY KEY, store_id INTEGER NOT NULL REFERENCES stores(id), item TEXT NOT NULL, cents INTEGER NOT NULL);
        INSERT INTO stores VALUES (1, 'North'), (2, 'South');
        WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 400)
        INSERT INTO sales SELECT value, 1 + value % 2, printf('item %060d', value), value FROM n;
        """;

    protected const string Wal = "PRAGMA journal_mode = WAL;";

    private protected static UpgradeOptions Options => new(new MigrationOptions(Tenant)) { LockTimeout = TimeSpan.Zero };

    protected void CreateShop(string prologue = "") => CreateShop(Database, prologue);

    protected static void CreateShop(string database, string prologue) => Shell.Sql(database, prologue + Shop);

    /// <summary>Every row of the store as seen by SQL, independent of the migration.</summary>
    protected static string Rows(string database) =>
        Shell.Sql(
            database,
            "SELECT id, name FROM stores ORDER BY id; SELECT id, store_id, item, cents FROM sales ORDER BY id; PRAGMA integrity_check;");

    protected static bool IsMigrated(string database) =>
        Shell.Sql(database, "SELECT count(*) FROM pragma_table_info('sales') WHERE name = 'tenant_id'") == "1";

    /// <summary>
    /// Beside the database there may be backups, each complete and with its manifest, and files that a restore replaced: nothing partial.
    /// </summary>
    protected static void ShouldHaveNoDebris(string folder, string what, params string[] others)
    {
        string[] entries = [.. Directory.GetFileSystemEntries(folder).Where(e => !others.Contains(e))];
        foreach (string entry in entries)
        {
            string name = Path.GetFileName(entry);
            bool expected =
                name is "pos.db" ||
                Regex.IsMatch(
                    name,
                    @"^pos\.db\.(backup-\d{8}-\d{6}(-\d+)?(\.json)?|replaced-\d{8}-\d{6}(-\d+)?)$",
                    RegexOptions.ExplicitCapture,
                    TimeSpan.FromSeconds(10));
            expected.ShouldBeTrue($"{what}: {entry} was left");
            if (name.Contains(".backup-", StringComparison.Ordinal) && !name.EndsWith(".json", StringComparison.Ordinal))
            {
                File.ReadAllText(entry + ".json").ShouldContain(Sha256(entry), customMessage: what);
            }
            else if (name.EndsWith(".json", StringComparison.Ordinal))
            {
                entries.ShouldContain(entry[..^5], $"{what}: a manifest without a backup");
            }
        }
    }
}
