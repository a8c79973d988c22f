using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Scripts;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Reporting;

/// <summary>A rollout in which stores end in every way that a real upgrade can, and a few that only a rollout can.</summary>
internal static class SampleFleet
{
    public const string HostileTenant = "a|b <script>alert(1)</script> `c` \u202Eevil";
    public const string HostileMachine = "till|7 <b>\nnext";

    private static readonly DateTimeOffset Start = new(2026, 1, 11, 13, 31, 5, 250, TimeSpan.Zero);

    /// <summary>Upgrades copies of a sample store, beside it.</summary>
    public static FleetRun Upgrade(string store)
    {
        string north = Copy(store, "north.db");
        string south = Copy(store, "south.db");
        string west = Copy(store, "west.db");
        string east = Copy(store, "east.db");
        string remote = Copy(store, "remote.db");
        Shell.Sql(west, "CREATE TABLE odd (id INTEGER PRIMARY KEY, tenant_id AS (id))");
        GuardedUpgrade.Run(south, Options("south")).Status.ShouldBe(UpgradeStatus.Succeeded);
        UpgradeResult first = GuardedUpgrade.Run(north, Options("north"));
        return new FleetRun(
            [
                FromUpgrade(first with { ReportPath = north + ".report.md" }),
                FromUpgrade(GuardedUpgrade.Run(south, Options("south"))),
                FromUpgrade(GuardedUpgrade.Run(west, Options("west"))),
                FromUpgrade(GuardedUpgrade.Run(east, WithScript(east))),
                FromUpgrade(GuardedUpgrade.Run(remote, Options(HostileTenant))) with { ComputerName = HostileMachine },
                new FleetResult(north + "|2", null, "north-2", FleetStatus.Succeeded, null, TimeSpan.Zero) { DoneBefore = true },
                new FleetResult("C:\\Stores\\pos.db", "till-8", "till-8", FleetStatus.Failed, Start, TimeSpan.FromSeconds(90))
                {
                    Error = new Failure(ErrorIds.RollbackFailed, "The connection was lost. Restore the <backup> | of till-8\nnow."),
                },
                new FleetResult("C:\\Stores\\pos.db", "till-9", "till-9", FleetStatus.NotStarted, null, TimeSpan.Zero),
            ],
            Start,
            TimeSpan.FromSeconds(100))
        {
            Stopped = "3 stores failed, which is more than -MaxFailure allows.",
        };
    }

    /// <summary>Tests the upgrade of two copies of a sample store.</summary>
    public static FleetRun Rehearse(string store) => new(
        [
            FromUpgrade(UpgradeTest.Run(Copy(store, "north.db"), Options("north"))),
            FromUpgrade(UpgradeTest.Run(Copy(store, "south.db"), Options("south"))),
        ],
        Start,
        TimeSpan.FromSeconds(100))
    {
        IsRehearsal = true,
    };

    /// <summary>As many stores as a chain has; every tenth is refused.</summary>
    public static FleetRun Many(string store, int count)
    {
        FleetResult done = FromUpgrade(GuardedUpgrade.Run(Copy(store, "north.db"), Options("north")));
        Failure failure = new(ErrorIds.DatabaseInUse, "Another program uses the database. Nothing was changed.");
        return new FleetRun(
            [
                .. Enumerable.Range(1, count).Select(n => n % 10 > 0
                    ? done with { ComputerName = $"till-{n}", TenantId = $"store-{n}", Duration = TimeSpan.FromMilliseconds(n) }
                    : new FleetResult(done.Path, $"till-{n}", $"store-{n}", FleetStatus.Refused, Start, TimeSpan.FromMilliseconds(n))
                    {
                        Error = failure,
                    }),
            ],
            Start,
            TimeSpan.FromHours(5));
    }

    /// <summary>A rollout of one store that ended like this upgrade.</summary>
    public static FleetResult FromUpgrade(UpgradeResult result) => new(
        result.Path,
        null,
        result.TenantId,
        Enum.Parse<FleetStatus>(result.Status.ToString()),
        result.StartedAt,
        result.Duration)
    {
        Upgrade = result,
        Error = result.Error,
        ReportPath = result.ReportPath,
    };

    private static string Copy(string store, string name)
    {
        string copy = Path.Combine(Path.GetDirectoryName(store)!, name);
        File.Copy(store, copy);
        return copy;
    }

    private static UpgradeOptions Options(string tenant) => new(new MigrationOptions(tenant));

    /// <summary>The script migrates only one table, and the checks detect it.</summary>
    private static UpgradeOptions WithScript(string store)
    {
        string script = store + ".sql";
        File.WriteAllText(
            script,
            "ALTER TABLE users ADD COLUMN tenant_id VARCHAR(255) NOT NULL DEFAULT 'east';\n" +
            "CREATE INDEX idx_users_tenant_id ON users (tenant_id);\n");
        return new UpgradeOptions(new MigrationOptions("east") { Script = ScriptFile.Read(script) }) { SkipRehearsal = true };
    }
}
