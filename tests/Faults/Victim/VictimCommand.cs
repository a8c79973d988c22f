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
        "isolation <database> <tenant> [<folder>] | import <database> <source> <tenant> | rename <database> <tenant> <new name> | " +
        "tenantrestore <database> <export> <tenant> | remove <database> <tenant> | erase <database> <tenant> | complete <database>";

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
            case ["rename", { } database, { } tenant, { } newName]:
                return Outcome(new TenantRename(database, new TenantRenameOptions(tenant, newName)).Run(progress));
            case ["tenantrestore", { } database, { } source, { } tenant]:
                return Outcome(new TenantRestore(database, new TenantRestoreOptions(tenant, source)).Run(progress));
            case ["remove" or "erase", { } database, { } tenant]:
                TenantRemovalOptions removal = new(tenant) { Erase = command[0] == "erase" };
                return Outcome(new TenantRemoval(database, removal).Run(progress));
            case ["complete", { } database]:
                return Outcome(new TenantCompletion(database, new TenantCompletionOptions { Force = true }).Run(progress));
            case ["backup", { } database, .. { Length: <= 1 } folder]:
                DatabaseBackup.Create(database, folder.FirstOrDefault(), progress: progress);
                break;
            default:
                return null;
        }

        return ("Succeeded", null);
    }

    private static (string Status, Failure? Failure) Outcome(TenantChangeResult result) => (result.Status.ToString(), result.Error);
}
