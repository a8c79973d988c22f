using System.Globalization;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Scripts;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Reporting;

/// <summary>A real upgrade of the sample store for each possible outcome.</summary>
public abstract class UpgradeCases : TestFolder
{
    public static TheoryData<string> Names => ["succeeded", "already-migrated", "refused", "rolled-back", "restored", "failed"];

    /// <summary>Runs the upgrade with the named outcome.</summary>
    protected UpgradeResult Run(string name)
    {
        CreateSampleStore();
        UpgradeOptions options = new(new MigrationOptions(Tenant));
        (UpgradeResult result, UpgradeStatus expected, string? error) = name switch
        {
            "succeeded" => (GuardedUpgrade.Run(Database, options), UpgradeStatus.Succeeded, null),
            "already-migrated" => (Again(options), UpgradeStatus.AlreadyMigrated, null),
            "refused" => (Blocked(options), UpgradeStatus.Refused, ErrorIds.PlanBlocked),
            "rolled-back" => (WithScript(options), UpgradeStatus.RolledBack, ErrorIds.MigrationRolledBack),
            "restored" => (Damaged(options, andBackup: false), UpgradeStatus.RolledBack, ErrorIds.MigrationRestored),
            "failed" => (Damaged(options, andBackup: true), UpgradeStatus.Failed, (string?)ErrorIds.RollbackFailed),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, message: null),
        };
        (result.Status, result.Error?.ErrorId).ShouldBe((expected, error), result.Error?.Message);
        return result;
    }

    private UpgradeResult Again(UpgradeOptions options)
    {
        GuardedUpgrade.Run(Database, options).Status.ShouldBe(UpgradeStatus.Succeeded);
        return GuardedUpgrade.Run(Database, options);
    }

    private UpgradeResult Blocked(UpgradeOptions options)
    {
        Shell.Sql(Database, "CREATE TABLE odd (id INTEGER PRIMARY KEY, tenant_id AS (id))");
        return GuardedUpgrade.Run(Database, options);
    }

    /// <summary>The script migrates only one table, and the checks detect it.</summary>
    private UpgradeResult WithScript(UpgradeOptions options)
    {
        string script = Path.Combine(Folder, "008_add_tenant_id.sql");
        File.WriteAllText(
            script,
            $"BEGIN;\nALTER TABLE users ADD COLUMN tenant_id VARCHAR(255) NOT NULL DEFAULT '{Tenant}';\nCREATE INDEX idx_users_tenant_id " +
            "ON users (tenant_id);\n"
                + "SELECT count(*) AS users FROM users;\nCOMMIT;\n");
        return GuardedUpgrade.Run(
            Database,
            options with
            {
                Migration = options.Migration with { Script = ScriptFile.Read(script) },
                SkipRehearsal = true,
            });
    }

    /// <summary>
    /// As a failing disk would, bypasses SQLite and its locks and overwrites an index after COMMIT; optionally the backup too, so that
    /// nothing is
    /// left.
    /// </summary>
    private UpgradeResult Damaged(UpgradeOptions options, bool andBackup)
    {
        bool isDone = false;
        Observer vandal = new(report =>
        {
            if (report.Stage == Stage.Verification && !isDone)
            {
                isDone = true;
                string page = Shell.Sql(
                    $"file:{Database}?immutable=1",
                    "SELECT rootpage FROM sqlite_schema WHERE name = 'idx_users_tenant_id'");
                using FileStream file = new(Database, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
                file.Position = 4096L * (int.Parse(page, CultureInfo.InvariantCulture) - 1);
                file.Write(new byte[4096]);
                if (andBackup)
                {
                    File.WriteAllBytes(
                        Directory.EnumerateFiles(Folder, "*.backup-*").Single(f => !f.EndsWith(".json", StringComparison.Ordinal)),
                        []);
                }
            }
        });
        return GuardedUpgrade.Run(Database, options, vandal);
    }
}
