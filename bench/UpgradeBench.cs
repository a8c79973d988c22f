using System.Globalization;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Reporting;

namespace PosTenancy.Bench;

/// <summary>
/// The guarded and rehearsed upgrade, with its report, beside the unguarded procedure by hand: copy, hash both, rehearse the script on
/// another copy, run it, check the integrity and the foreign keys, and count the rows before and after.
/// </summary>
internal static class UpgradeBench
{
    private const int Rounds = 3;

    private static readonly string[] Tables = ["products", "customers", "sales", "sale_lines", "payments"];

    public static void Run(string folder, int sales)
    {
        string store = Path.Combine(folder, "store.db");
        Shell.Time("sqlite3", LargeBench.Schema(sales), store);
        MigrationOptions options = new("caps-automotive");
        string script = Statements.Script(store, options);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{new FileInfo(store).Length:N0} bytes, {sales * 3.7:N0} rows; medians of {Rounds} alternating rounds"));
        List<TimeSpan> byHand = [];
        List<UpgradeResult> rehearsed = [];
        List<UpgradeResult> unrehearsed = [];
        for (int round = 0; round < Rounds; round++)
        {
            byHand.Add(Measure(database => ByHand(database, script)));
            rehearsed.Add(Upgrade(new UpgradeOptions(options)));
            unrehearsed.Add(Upgrade(new UpgradeOptions(options) { SkipRehearsal = true }));
        }

        TimeSpan other = Figures.Median(byHand);
        Figures.Header("median", "by hand");
        Row("upgrade with rehearsal and report", rehearsed, r => r.Duration);
        Row("  of it the database locked", rehearsed, r => r.LockedTime!.Value);
        Row("upgrade without rehearsal", unrehearsed, r => r.Duration);
        foreach (Stage stage in rehearsed[0].Stages.Select(s => s.Stage))
        {
            Row($"  stage {stage}", rehearsed, r => r.Stages.Single(s => s.Stage == stage).Duration);
        }

        Console.WriteLine($"proved by {rehearsed[0].ProvedBy}, and without rehearsal by {unrehearsed[0].ProvedBy}");

        void Row(string what, List<UpgradeResult> results, Func<UpgradeResult, TimeSpan> time) =>
            Figures.Row(what, Figures.Median(results.Select(time)), other);

        UpgradeResult Upgrade(UpgradeOptions how)
        {
            UpgradeResult? result = null;
            Measure(database =>
            {
                result = GuardedUpgrade.Run(database, how);
                UpgradeReport.Write(result, Path.Combine(Path.GetDirectoryName(database)!, "report.md"));
                return result.Duration;
            });
            return result!.Status == UpgradeStatus.Succeeded ? result : throw new InvalidOperationException(result.Error?.Message);
        }

        TimeSpan Measure(Func<string, TimeSpan> work)
        {
            string place = Directory.CreateDirectory(Path.Combine(folder, "round")).FullName;
            string database = Path.Combine(place, "pos.db");
            File.Copy(store, database);
            Shell.Time("sync", null);
            TimeSpan time = work(database);
            Directory.Delete(place, recursive: true);
            return time;
        }
    }

    private static TimeSpan ByHand(string database, string script)
    {
        string backup = database + ".backup";
        string rehearsal = database + ".rehearsal";
        string counts = string.Concat(Tables.Select(t => $"SELECT count(*) FROM {t};"));
        string tenants = string.Concat(
            Tables.Select(t =>
                $"SELECT count(*) FROM {t} WHERE tenant_id IS NULL; SELECT tenant_id, count(*) FROM {t} GROUP BY tenant_id;"));
        return Shell.Time("cp", null, database, backup)
            + Shell.Time("sha256sum", null, database)
            + Shell.Time("sha256sum", null, backup)
            + Shell.Time("cp", null, database, rehearsal)
            + Shell.Time("sqlite3", script, rehearsal)
            + Shell.Time("sqlite3", counts, database)
            + Shell.Time("sqlite3", script, database)
            + Shell.Time("sqlite3", "PRAGMA integrity_check;", database)
            + Shell.Time("sqlite3", "PRAGMA foreign_key_check;", database)
            + Shell.Time("sqlite3", counts + tenants, database);
    }
}
