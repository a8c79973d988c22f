using PosTenancy.Engine.Isolation;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Recovery;
using PosTenancy.Engine.Tenants;

namespace PosTenancy.Tests.Faults.Victim;

/// <summary>One command of the engine, named by arguments and called as the cmdlets call it.</summary>
internal static class VictimCommand
{
    public const string Usage =
        "upgrade <database> <tenant> | migration <database> <tenant> | restore <database> <backup> | backup <database> [<folder>] | " +
        "isolation <database> <tenant> [<folder>] | import <database> <source> <tenant> | tenantrestore <database> <source> <tenant>";

    /// <summary>Runs the command and returns its status and failure. <see langword="null"/> for an unknown command.</summary>
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
            case ["import", { } database, { } source, { } tenant]:
                KeyDeclarations keys = KeyDeclarations.Parse(new Dictionary<string, string>(StringComparer.Ordinal) { ["*.id"] = "Key" });
                TenantImportResult import = TenantImport.Run(
                    database, [new TenantSource(source, tenant) { Keys = keys }], new TenantImportOptions(), progress)[0];
                return (import.Status.ToString(), import.Error);
            case ["tenantrestore", { } database, { } source, { } tenant]:
                TenantRestoreResult restore = new TenantRestore(database, new TenantRestoreOptions(tenant, source)).Run(progress);
                return (restore.Status.ToString(), restore.Error);
            case ["backup", { } database, .. { Length: <= 1 } folder]:
                DatabaseBackup.Create(database, folder.FirstOrDefault(), progress: progress);
                break;
            default:
                return null;
        }

        return ("Succeeded", null);
    }
}
