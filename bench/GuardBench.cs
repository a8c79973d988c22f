using System.Globalization;
using Microsoft.Data.Sqlite;
using PosTenancy.Engine.Guards;
using PosTenancy.Engine.Migration;

namespace PosTenancy.Bench;

/// <summary>What the guard of a connection costs per write, beside the same writes without it, alternating.</summary>
internal static class GuardBench
{
    private const int Rounds = 7;

    private static readonly (string Name, string Sql)[] Writes =
    [
        (
            "insert",
            "INSERT INTO vehicles (id, customer_id, year, make, model, tenant_id) VALUES ($n, 'c', 1999, 'm', 'm', 'caps-automotive')"),
        ("update by key", "UPDATE vehicles SET make = 'n' WHERE id = $n AND tenant_id = 'caps-automotive'"),
        ("delete by key", "DELETE FROM vehicles WHERE id = $n AND tenant_id = 'caps-automotive'"),
    ];

    /// <summary>Measures.</summary>
    /// <param name="folder">A folder for the files.</param>
    /// <param name="rows">Writes of each kind in one transaction.</param>
    /// <param name="commits">Writes of each kind in a transaction of their own, which waits for the disk.</param>
    public static void Run(string folder, int rows, int commits)
    {
        string database = Path.Combine(folder, "pos.db");
        GrownStore.Create(database, 0);
        TenantMigration.Migrate(database, new MigrationOptions("caps-automotive"));
        string guard = TenantGuard.Write(
            database, new TenantExpectation(TenantId: null, "tenant_id", []), new TenantGuardOptions()).Sql;
        using SqliteConnection plain = Open(database, guard: null);
        using SqliteConnection guarded = Open(database, guard);
        List<TimeSpan>[] openings = [[], []];
        for (int round = 0; round < Rounds; round++)
        {
            openings[0].Add(Shell.Time(() => Open(database, guard).Dispose()));
            openings[1].Add(Shell.Time(() => Open(database, guard: null).Dispose()));
        }

        Console.WriteLine(Machine.Describe());
        Figures.Header($"microseconds, {Rounds} rounds", "without");
        Row("opening a connection, 32 tables", openings, 1);
        Measure(guarded, plain, "in one transaction", rows, inOneTransaction: true);
        Measure(guarded, plain, "with its COMMIT", commits, inOneTransaction: false);
    }

    private static void Measure(SqliteConnection guarded, SqliteConnection plain, string how, int count, bool inOneTransaction)
    {
        List<TimeSpan>[][] times = [.. Writes.Select(_ => new List<TimeSpan>[] { [], [] })];
        for (int round = 0; round < Rounds; round++)
        {
            // The first of two runs finds a colder cache: each is first in turn.
            foreach (int side in round % 2 == 0 ? new[] { 0, 1 } : [1, 0])
            {
                for (int write = 0; write < Writes.Length; write++)
                {
                    TimeSpan time = Shell.Time(() => Execute(side == 0 ? guarded : plain, Writes[write].Sql, count, inOneTransaction));
                    times[write][side].Add(time);
                }
            }
        }

        for (int write = 0; write < Writes.Length; write++)
        {
            Row($"{Writes[write].Name}, {how}", times[write], count);
        }
    }

    private static void Row(string what, List<TimeSpan>[] times, int count)
    {
        TimeSpan[] medians = [.. times.Select(Figures.Median)];
        double spread = (times[0].Max() - times[0].Min()) / medians[0] / 2;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what,-39}{medians[0].TotalMicroseconds / count,8:0.0}{spread,5:0%}{medians[1].TotalMicroseconds / count,9:0.0}" +
            $"{medians[0] / medians[1],7:0.00}"));
    }

    private static void Execute(SqliteConnection connection, string sql, int count, bool inOneTransaction)
    {
        using SqliteTransaction? transaction = inOneTransaction ? connection.BeginTransaction() : null;
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        SqliteParameter number = command.Parameters.Add("$n", SqliteType.Text);
        for (int i = 0; i < count; i++)
        {
            number.Value = i.ToString(CultureInfo.InvariantCulture);
            if (command.ExecuteNonQuery() != 1)
            {
                throw new InvalidOperationException($"No row was written: {sql}");
            }
        }

        transaction?.Commit();
    }

    private static SqliteConnection Open(string database, string? guard)
    {
        SqliteConnection connection = new($"Data Source={database};Pooling=False;Foreign Keys=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = guard is null
            ? "SELECT count(*) FROM sqlite_schema"
            : guard + "UPDATE temp.postenancy_context SET tenant_id = 'caps-automotive'";
        _ = command.ExecuteScalar();
        return connection;
    }
}
