using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Scripts;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Scripts;

/// <summary>A script is identified by its name and its bytes.</summary>
public sealed class ScriptHistoryTests : TestFolder
{
    [Fact]
    public void Script_that_was_applied_and_changed_since_is_reported_by_the_next_run()
    {
        Shell.Sql(Database, "CREATE TABLE a(id)");
        string path = Path.Combine(Folder, "008.sql");
        File.WriteAllText(
            path,
            "ALTER TABLE a ADD COLUMN tenant_id TEXT NOT NULL DEFAULT 'caps-automotive'; CREATE INDEX i ON a(tenant_id);");
        MigrationResult first = Migrate(path);
        (first.Status, first.Warnings.Count).ShouldBe((MigrationStatus.Migrated, 0));
        Shell
            .Sql(Database, "SELECT kind, name, checksum, statements FROM _postenancy_history")
            .ShouldBe($"Script|008.sql|{Sha256(path)}|2");
        Migrate(path).Warnings.ShouldBeEmpty();

        File.AppendAllText(path, "-- changed");

        MigrationResult again = Migrate(path);
        again.Status.ShouldBe(MigrationStatus.AlreadyMigrated);
        again.Warnings.ShouldHaveSingleItem().ShouldContain("has changed since");
        TenantMigration.Preview(Database, Options(path)).Warnings.ShouldBe(again.Warnings);
    }

    private static MigrationOptions Options(string path) => new(Tenant) { Script = ScriptFile.Read(path) };

    private MigrationResult Migrate(string path) => TenantMigration.Migrate(Database, Options(path));
}
