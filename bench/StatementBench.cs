using System.Globalization;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Statements;

namespace PosTenancy.Bench;

/// <summary>The statements of an application: files of a thousand statements, found and tried on the sample store.</summary>
internal static class StatementBench
{
    private static readonly string[] Tables =
        ["customers", "products", "work_orders", "vehicles", "users", "layaways", "gift_cards", "stations", "promotions", "sync_queue"];

    /// <summary>A fifth of the statements is like each of these; the last one joins the table with itself.</summary>
    private static readonly string[] Shapes =
    [
        "SELECT * FROM {0} WHERE tenant_id = ? AND id <> 'n{1}' ORDER BY id LIMIT 50",
        "SELECT COUNT(*), MAX(id) FROM {0} WHERE tenant_id = ? AND id > 'n{1}'",
        "UPDATE {0} SET id = id WHERE tenant_id = ? AND id = ? AND {1} > 0",
        "DELETE FROM {0} WHERE id = ? AND {1} > 0",
        "SELECT a.id FROM {0} AS a WHERE a.tenant_id = ? AND EXISTS (SELECT 1 FROM {0} AS b WHERE b.tenant_id = a.tenant_id AND {1} > 0)",
    ];

    /// <summary>Measures.</summary>
    /// <param name="folder">A folder for the files.</param>
    /// <param name="count">Number of statements.</param>
    public static void Run(string folder, int count)
    {
        string database = Path.Combine(folder, "pos.db");
        GrownStore.Create(database, 0);
        UpgradeResult upgrade = GuardedUpgrade.Run(
            database, new UpgradeOptions(new MigrationOptions("caps-automotive")) { SkipRehearsal = true });
        if (upgrade.Error is { } error)
        {
            throw new InvalidOperationException(error.Message);
        }

        string source = Directory.CreateDirectory(Path.Combine(folder, "app")).FullName;
        string[] statements =
        [
            .. Enumerable.Range(1, count).Select(i => string.Format(
                CultureInfo.InvariantCulture, Shapes[i % Shapes.Length], Tables[i / Shapes.Length % Tables.Length], i)),
        ];
        foreach ((int file, string[] part) in statements.Chunk(50).Index())
        {
            File.WriteAllLines(Path.Combine(source, $"queries{file}.py"), part.Select(s => $"db.execute(\"{s}\")"));
        }

        StatementRun? run = null;
        TimeSpan time = Shell.Time(() => run = StatementTest.Run(database, new StatementTestOptions { SourcePath = [source] }));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"\n{count:N0} statements, found and tried{time.TotalSeconds,20:0.0} s  {Figures.Verdict(time.TotalSeconds, 60)}"));
        Console.WriteLine(run);
    }
}
