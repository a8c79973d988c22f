using PosTenancy.Engine.Isolation;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Recovery;

namespace PosTenancy.Tests.Faults.Victim;

/// <summary>One command of the engine, as the cmdlets call it, named by words.</summary>
internal static class VictimCommand
{
    public const string Usage =
        "upgrade <database> <tenant> | migration <database> <tenant> | restore <database> <backup> | backup <database> [<folder>] | " +
        "isolation <database> <tenant> [<folder>]";

    /// <summary>Runs it: how it ended, and what went wrong. <see langword="null"/> for words that are no command.</summary>
    public static (string Status, Failure? Failure)? Run(string[] command, IProgress<StageProgress> progress)
    {
        switch (command)
        {
            case ["upgrade", { } database, { } tenant]:
                UpgradeResult upgrade = GuardedUpgrade.Run(database, new UpgradeOptions(new MigrationOptions(tenant)), progress);
                return (upgrade.Status.ToString(), upgrade.Error);
            case ["migration", { } database, { } tenant]:
                MigrationResult migration = TenantMigration.Migrate(database, new MigrationOptions(tenant), progress: progress);
                return (migration.Status.ToString(), migration.Error);
            case ["restore", { } database, { } backup]:
                DatabaseRestore.Restore(database, backup, progress: progress);
                break;
            case ["isolation", { } database, { } tenant, .. { Length: <= 1 } folder]:
                TenantIsolation.Test(database, TenantExpectation.From(new MigrationOptions(tenant)), folder.FirstOrDefault(), progress);
                break;
            case ["backup", { } database, .. { Length: <= 1 } folder]:
                DatabaseBackup.Create(database, folder.FirstOrDefault(), progress: progress);
                break;
            default:
                return null;
        }

        return ("Succeeded", null);
    }
}
