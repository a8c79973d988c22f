using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Recovery;
using PosTenancy.Engine.Tenants;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Reporting;

/// <summary>One change of a tenant of each kind, on a real database, with a value in as many properties as it can have.</summary>
internal static class SampleChanges
{
    private const string Schema = """
        CREATE TABLE sales(id INTEGER PRIMARY KEY, about TEXT);
        CREATE TABLE log(word TEXT);
        CREATE TRIGGER log_sale AFTER UPDATE ON sales BEGIN INSERT INTO log(word) VALUES (NEW.about); END;
        CREATE TABLE tenants(id TEXT PRIMARY KEY);
        INSERT INTO tenants VALUES ('south'), ('north');

        """;

    /// <summary>The results: one of each kind that succeeded, then one of each that was refused.</summary>
    /// <param name="database">Path of the database; it does not exist yet.</param>
    public static IReadOnlyList<TenantChangeResult> Run(string database)
    {
        Shell.Sql(database, Schema + "INSERT INTO sales VALUES (1, 'written in south'), (2, 'b');");
        GuardedUpgrade.Run(database, new UpgradeOptions(new MigrationOptions("south"))).Status.ShouldBe(UpgradeStatus.Succeeded);
        Shell.Sql(database, "INSERT INTO sales VALUES (11, 'n', 'north'), (12, 'the value of north alone', 'north')");
        string backup = DatabaseBackup.Create(database).BackupPath;
        Shell.Sql(
            database,
            "UPDATE sales SET about = 'changed' WHERE id = 11; DELETE FROM sales WHERE id = 12; " +
            "INSERT INTO sales VALUES (12, 'took its key', 'south'), (13, 'sold since', 'north');");

        TenantChangeResult[] refused =
        [
            Rename(database, "south", "north"),
            Restore(database, backup, RestoreConflictAction.Refuse),
            Remove(database, "west"),
            Complete(database, force: false),
        ];
        refused.ShouldAllBe(r => r.Status == TenantChangeStatus.Refused);

        TenantChangeResult[] changed =
        [
            Rename(database, "south", "far-south"),
            Restore(database, backup, RestoreConflictAction.NewKey),
            Remove(database, "north"),
            Complete(database, force: true),
        ];
        changed.ShouldAllBe(r => r.Status == TenantChangeStatus.Succeeded);
        return [.. changed, .. refused];
    }

    private static TenantRenameResult Rename(string database, string tenant, string newName) =>
        new TenantRename(database, new TenantRenameOptions(tenant, newName)).Run();

    private static TenantRestoreResult Restore(string database, string backup, RestoreConflictAction onConflict) =>
        new TenantRestore(database, new TenantRestoreOptions("north", backup) { OnConflict = onConflict }).Run();

    private static TenantRemovalResult Remove(string database, string tenant) =>
        new TenantRemoval(database, new TenantRemovalOptions(tenant) { Erase = true }).Run();

    private static CompletionResult Complete(string database, bool force) =>
        new TenantCompletion(database, new TenantCompletionOptions { Force = force }).Run();
}
