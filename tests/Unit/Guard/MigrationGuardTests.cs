using System.Globalization;
using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Recovery;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Guard;

/// <summary>Failures in the middle of a migration: the file must keep its bytes.</summary>
public sealed class MigrationGuardTests : TestFolder
{
    public static TheoryData<string, string, string> Sabotage =>
        new()
        {
            { "a lost row", "DELETE FROM vehicle_fitment WHERE rowid = 3", "RowCountsMatch" },
            { "a row too many", "INSERT INTO stores(id, code, name) VALUES('s2', 'C2', 'Second')", "RowCountsMatch" },
            { "a lost row of a skipped table", "DELETE FROM _migrations", "RowCountsMatch" },
            { "a dropped table", "DROP TABLE maintenance_schedules", "TablesHaveTenantColumn" },
            { "a new table without a tenant", "CREATE TABLE extra(x /* tenant_id */)", "TablesHaveTenantColumn" },
            {
                "an index on the wrong column",
                "DROP INDEX idx_users_tenant_id;; CREATE INDEX idx_users_tenant_id ON users(role)",
                "TenantIndexesExist"
            },
            {
                "an index on the wrong table",
                "DROP INDEX idx_users_tenant_id;; CREATE INDEX idx_users_tenant_id ON stores(tenant_id)",
                "TenantIndexesExist"
            },
            {
                "a partial index",
                "DROP INDEX idx_users_tenant_id;; CREATE INDEX idx_users_tenant_id ON users(tenant_id) WHERE role = 'admin'",
                "TenantFilterUsesIndex"
            },
            { "a row of another tenant", "UPDATE products SET tenant_id = 'other' WHERE rowid = 2", "TenantDistribution" },
            { "a column that allows NULL", "CREATE TABLE extra(tenant_id TEXT)", "TablesHaveTenantColumn" },
            {
                "an orphan",
                "INSERT INTO vehicle_fitment(id, product_id, make, model, year_from, year_to) SELECT 'f99', 'nobody', make, model, " +
                "year_from, year_to FROM vehicle_fitment LIMIT 1",
                "ForeignKeysIntact"
            },
            {
                "a trigger that no longer compiles",
                "CREATE TRIGGER bad AFTER INSERT ON users BEGIN INSERT INTO nowhere VALUES(1); END",
                "SchemaObjectsCompile"
            },
            { "a view that no longer compiles", "CREATE VIEW bad AS SELECT no_such_column FROM users", "SchemaObjectsCompile" },
        };

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Sabotage))]
    public void Failed_check_before_commit_rolls_back_to_the_same_bytes(string what, string sql, string check)
    {
        foreach (string mode in new[] { "", "PRAGMA journal_mode = WAL;" })
        {
            File.Delete(Database);
            CreateSampleStore(mode);
            Shell.Sql(Database, "INSERT INTO _migrations VALUES (7, 'promotions', 'c0ffee', '2026-01-01')");
            string before = Sha256(Database);

            MigrationResult result = RunWith(plan =>
                plan with
                {
                    Tables = [.. plan.Tables.Take(plan.Tables.Count - 1), AddSql(plan.Tables[^1], sql)],
                });

            result.Status.ShouldBe(MigrationStatus.RolledBack, what);
            result.Error.ShouldNotBeNull(what).ErrorId.ShouldBe(ErrorIds.MigrationRolledBack, what);
            result.Error.Message.ShouldContain(check + ":", customMessage: what);
            result.Checks.Single(c => c.Name == check).Status.ShouldBe(CheckStatus.Failed, what);
            (result.TablesUpdated, result.IndexesCreated, result.RowsAfter).ShouldBe((0, 0, result.RowsBefore), what);
            Sha256(Database).ShouldBe(before, what);
            Directory.GetFiles(Folder).Where(f => !f.Contains(".backup-")).ShouldBe([Database], what);
        }
    }

    [Theory]
    [InlineData("UPDATE copy SET sku = lower(sku) WHERE rowid = 7")]
    [InlineData("UPDATE copy SET sku = sku || ' ' WHERE rowid = 7")]
    [InlineData("UPDATE copy SET price = 1.0 WHERE price = 1")]
    [InlineData("UPDATE copy SET note = '' WHERE note IS NULL")]
    [InlineData("UPDATE copy SET note = CAST(note AS TEXT) WHERE rowid = 7")]
    [InlineData("UPDATE copy SET tenant_id = 'other' WHERE rowid = 3")]
    [InlineData("UPDATE copy SET rowid = 8 WHERE rowid = 7")]
    [InlineData("DELETE FROM copy WHERE rowid = 3")]
    [InlineData("INSERT INTO copy(sku) VALUES ('one more')")]
    public void Copy_that_is_not_the_table_is_found_before_the_table_is_dropped(string sabotage)
    {
        Shell.Sql(
            Database,
            "CREATE TABLE p(sku TEXT UNIQUE COLLATE NOCASE, price, note); INSERT INTO p(rowid, sku, price, note) VALUES (3, 'A', 1, " +
            "NULL), (7, 'B', 2.5, x'41')"
        );
        string before = Sha256(Database);

        MigrationResult result = RunWith(
            plan =>
                plan with
                {
                    Tables =
                    [
                        .. plan.Tables.Select(t =>
                            t with
                            {
                                Sql =
                                [
                                    .. t.Sql.Take(2),
                                    sabotage.Replace("copy", "_postenancy_copy_of_p", StringComparison.Ordinal),
                                    .. t.Sql.Skip(2),
                                ],
                            }),
                    ],
                },
            options: new MigrationOptions(Tenant) { UniqueScope = UniqueScope.Tenant });

        result.Status.ShouldBe(MigrationStatus.RolledBack);
        result.Error.ShouldNotBeNull().Message.ShouldContain("the rows copied for p differ from those of the table");
        result.Checks.ShouldBeEmpty();
        Sha256(Database).ShouldBe(before);
    }

    [Theory]
    [InlineData("")]
    [InlineData("PRAGMA journal_mode = WAL;")]
    public void Statement_that_commits_by_itself_is_past_rolling_back_and_the_backup_is_put_back(string mode)
    {
        CreateSampleStore(mode);
        string before = Sha256(Database);

        MigrationResult result = RunWith(plan => plan with { Tables = [AddSql(plan.Tables.First(t => t.IsChanged), "COMMIT")] });

        result.Status.ShouldBe(MigrationStatus.RolledBack);
        result.Error.ShouldNotBeNull().ErrorId.ShouldBe(ErrorIds.MigrationRestored);
        result.Error.Message.ShouldContain("After ROLLBACK its SHA-256 is");
        Sha256(Database).ShouldBe(before);
        Shell.Sql(Directory.GetFiles(Folder, "pos.db.replaced-*").ShouldHaveSingleItem(), "PRAGMA integrity_check").ShouldBe("ok");
    }

    [Theory]
    [InlineData("CREATE INDEX idx_users_tenant_id ON users(nothing)")]
    [InlineData("INSERT INTO users SELECT * FROM nowhere")]
    [InlineData("INSERT OR ROLLBACK INTO stores SELECT * FROM stores")]
    public void Failed_statement_rolls_back_to_the_same_bytes(string sql)
    {
        CreateSampleStore();
        string before = Sha256(Database);
        RunWith(plan => plan with { Tables = [.. plan.Tables.Take(plan.Tables.Count - 1), AddSql(plan.Tables[^1], sql)] })
            .Status.ShouldBe(MigrationStatus.RolledBack);
        Sha256(Database).ShouldBe(before);
    }

    [Theory]
    [InlineData("")]
    [InlineData("PRAGMA journal_mode = WAL;")]
    public void Damage_after_commit_is_found_by_the_verification_and_the_backup_is_restored(string mode)
    {
        CreateSampleStore(mode);
        string before = Sha256(Database);
        bool damaged = false;
        Observer vandal = new(report =>
        {
            if (report.Stage == Stage.Verification && !damaged)
            {
                // As a failing disk would, bypass SQLite and its locks: overwrite the root page of a table's tenant index.
                damaged = true;
                string page = Shell.Sql(
                    $"file:{Database}?immutable=1",
                    "SELECT rootpage FROM sqlite_schema WHERE name = 'idx_users_tenant_id'");
                AnotherProgram.Writes(Database, (int.Parse(page, CultureInfo.InvariantCulture) - 1) * 4096, new string('\0', 4096));
            }
        });

        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant)), vandal);

        damaged.ShouldBeTrue();
        result.Status.ShouldBe(UpgradeStatus.RolledBack);
        result.Error.ShouldNotBeNull().ErrorId.ShouldBe(ErrorIds.MigrationRestored);
        result.Checks.ShouldContain(c => c.Status == CheckStatus.Failed);
        Sha256(Database).ShouldBe(before);
        Shell.Sql(Database, "PRAGMA integrity_check; SELECT count(*) FROM users").ShouldBe("ok\n3");
    }

    [Theory]
    [InlineData(Stage.Backup)]
    [InlineData(Stage.Rehearsal)]
    [InlineData(Stage.Migration)]
    [InlineData(Stage.Verification)]
    [InlineData(Stage.Migration, "PRAGMA journal_mode = WAL;")]
    [InlineData(Stage.Verification, "PRAGMA journal_mode = WAL;")]
    public void Stopping_in_any_stage_leaves_the_same_bytes(Stage stage, string mode = "")
    {
        CreateSampleStore(mode);
        string before = Sha256(Database);
        using CancellationTokenSource stop = new();
        int reports = 0;

        // The migration begins with the proofs; the fourth report is the first of its transaction.
        int last = stage == Stage.Migration ? 4 : 2;
        Observer stopper = new(report =>
        {
            if (report.Stage == stage && ++reports == last)
            {
                stop.Cancel();
            }
        });

        UpgradeResult cancelled = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant)), stopper, stop.Token);

        cancelled.Status.ShouldBe(UpgradeStatus.Cancelled);
        Failure said = cancelled.Error.ShouldNotBeNull();
        said.ErrorId.ShouldBe(ErrorIds.Cancelled);
        Sha256(Database).ShouldBe(before);
        Shell.Sql(Database, "PRAGMA integrity_check").ShouldBe("ok");
        string[] entries = [.. Directory.GetFileSystemEntries(Folder).Where(e => e != Database)];
        Directory.GetDirectories(Folder).ShouldBeEmpty();
        if (stage == Stage.Backup)
        {
            said.Message.ShouldBe($"The upgrade of '{Database}' was cancelled. The database was only read, and no file was left behind.");
            entries.ShouldBeEmpty();
        }
        else
        {
            string backup = entries.Single(e =>
                e.Contains(".backup-", StringComparison.Ordinal) && !e.EndsWith(".json", StringComparison.Ordinal));
            string[] replaced = [.. entries.Where(e => e.Contains(".replaced-", StringComparison.Ordinal))];
            entries.Order(StringComparer.Ordinal).ShouldBe(
                new[] { backup, backup + ".json", Database + ".postenancy-journal" }.Concat(replaced).Order(StringComparer.Ordinal));
            replaced.Length.ShouldBe(stage == Stage.Verification ? 1 : 0);
            said.Message.ShouldContain($"its SHA-256 equals that of its backup '{backup}'");
            said.Message.ShouldContain(
                stage == Stage.Verification
                    ? $"was cancelled after its COMMIT, and the backup was restored. The database is in its original state"
                    : $"was cancelled in the stage {stage}. The database is in its original state");
            said.Message.EndsWith($"The migrated file is kept as '{replaced.SingleOrDefault()}'.", StringComparison.Ordinal)
                .ShouldBe(replaced.Length == 1);
        }

        // The store may continue selling, or the upgrade may run: then with the backup that still equals the database.
        UpgradeResult again = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant)));
        again.Status.ShouldBe(UpgradeStatus.Succeeded, again.Error?.Message);
        again.Backup.ShouldNotBeNull().Sha256.ShouldBe(before);
        Directory.GetFiles(Folder, "*.backup-*.json").ShouldHaveSingleItem();
        again.Recovery?.Action.ShouldBe(RecoveryAction.Resumed);
        (again.Recovery is null).ShouldBe(stage == Stage.Backup);
        File.Exists(Database + ".postenancy-journal").ShouldBeFalse();
    }

    /// <summary>A cancelled migration whose disk fails at the same moment must not be reported as "stopped, and as it was".</summary>
    [Theory]
    [InlineData("")]
    [InlineData("PRAGMA journal_mode = WAL;")]
    public void What_was_stopped_is_proved_to_be_as_it_was(string mode)
    {
        CreateSampleStore(mode);
        string name = Shell.Sql(Database, "SELECT name FROM products LIMIT 1");
        using CancellationTokenSource stop = new();
        bool seen = false;
        Observer stopper = new(report =>
        {
            if (report is { Stage: Stage.Migration, Completed: 3 } && !seen)
            {
                seen = true;
                AnotherProgram.Writes(Database, Bytes(Database).AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(name)), "?");
                stop.Cancel();
            }
        });

        string before = Sha256(Database);

        GuardedUpgrade
            .Run(Database, new UpgradeOptions(new MigrationOptions(Tenant)), stopper, stop.Token)
            .Status.ShouldBe(UpgradeStatus.Cancelled);

        seen.ShouldBeTrue();
        Sha256(Database).ShouldBe(before);
        Directory.GetFiles(Folder, "pos.db.replaced-*").ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("Comparing the committed file with the rehearsed copy", true, "")]
    [InlineData("Comparing the committed file with the rehearsed copy", true, "PRAGMA journal_mode = WAL;")]
    [InlineData("Checking", false, "")]
    [InlineData("Checking", false, "PRAGMA journal_mode = WAL;")]
    public void Whatever_ends_the_verification_the_backup_is_put_back(string activity, bool rehearses, string mode)
    {
        CreateSampleStore(mode);
        string before = Sha256(Database);
        Observer defect = new(report =>
        {
            if (report.Stage == Stage.Verification && report.Activity == activity)
            {
                throw new InvalidOperationException("the observer has a defect");
            }
        });

        Should.Throw<InvalidOperationException>(() =>
            GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant)) { SkipRehearsal = !rehearses }, defect));

        Sha256(Database).ShouldBe(before);
    }

    [Fact]
    public void A_write_after_the_migration_is_not_thrown_away_by_the_restore()
    {
        CreateSampleStore();
        RecordedBackup backup = RecordedBackup.Open(
            DatabaseBackup.Create(Database).BackupPath,
            Database,
            Stage.Restore,
            null,
            CancellationToken.None);
        TenantMigration.Migrate(Database, new MigrationOptions(Tenant), backup.Path).Status.ShouldBe(MigrationStatus.Migrated);
        string migrated = Sha256(Database);
        Shell.Sql(Database, "UPDATE products SET name = 'sold in the meantime'");
        string before = Snapshot();

        using (RunJournal journal = RunJournal.Open(Database, "migration", progress: null))
        {
            Should
                .Throw<PosTenancyException>(() =>
                    journal.Keep(() =>
                    {
                        journal.Begin();
                        return DatabaseRestore.TakeBack(
                            Database,
                            backup,
                            migrated,
                            journal,
                            new PosTenancy.Engine.Progress.NonThrowingProgress(listener: null));
                    }))
                .ErrorId.ShouldBe(ErrorIds.DatabaseChanged);
        }

        Snapshot().ShouldBe(before);
    }

    [Fact]
    public void A_database_that_was_moved_since_its_backup_can_still_be_taken_back()
    {
        CreateSampleStore();
        string backup = DatabaseBackup.Create(Database).BackupPath;
        string moved = Path.Combine(Folder, "moved.db");
        File.Move(Database, moved);
        string before = Sha256(moved);
        Observer defect = new(report =>
        {
            if (report is { Stage: Stage.Verification, Activity: "Checking" })
            {
                throw new InvalidOperationException();
            }
        });
        Should.Throw<InvalidOperationException>(() =>
            TenantMigration.Migrate(moved, new MigrationOptions(Tenant), backup, progress: defect));
        Sha256(moved).ShouldBe(before);
        Should.Throw<PosTenancyException>(() => DatabaseRestore.Restore(moved, backup)).ErrorId.ShouldBe(ErrorIds.BackupMismatch);
    }

    [Fact]
    public void A_database_cannot_be_its_own_backup()
    {
        CreateSampleStore();
        BackupResult backup = DatabaseBackup.Create(Database);
        File.Copy(backup.ManifestPath, Database + ".json");
        Should
            .Throw<PosTenancyException>(() => TenantMigration.Migrate(Database, new MigrationOptions(Tenant), Database))
            .ErrorId.ShouldBe(ErrorIds.BackupMismatch);
    }

    [Fact]
    public void A_long_statement_is_interrupted()
    {
        CreateSampleStore();
        string before = Sha256(Database);
        using CancellationTokenSource stop = new();
        const string Endless =
            "INSERT INTO _migrations WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, i, i, i FROM n WHERE i < 0";
        Observer stopper = new(report =>
        {
            if (report.Activity == Endless)
            {
                stop.CancelAfter(200);
            }
        });

        Should.Throw<OperationCanceledException>(() =>
            RunWith(
                plan => plan with { Tables = [AddSql(plan.Tables.First(t => t.IsChanged), Endless)] },
                stopper,
                cancellation: stop.Token));

        Sha256(Database).ShouldBe(before);
    }

    [Fact]
    public void Running_it_twice_changes_nothing()
    {
        CreateSampleStore();
        UpgradeOptions options = new(new MigrationOptions(Tenant));
        GuardedUpgrade.Run(Database, options).Status.ShouldBe(UpgradeStatus.Succeeded);
        string before = Snapshot();

        UpgradeResult again = GuardedUpgrade.Run(Database, options);

        again.Status.ShouldBe(UpgradeStatus.AlreadyMigrated);
        again.Backup.ShouldBeNull();
        again.Error.ShouldBeNull();
        again.Checks.ShouldAllBe(c =>
            c.Status == CheckStatus.Passed || c.Name == "RowCountsMatch" || c.Name == "DataUnchanged" || c.Name == "UniqueKeysPerTenant");
        TenantMigration.Migrate(Database, options.Migration).Status.ShouldBe(MigrationStatus.AlreadyMigrated);
        Snapshot().ShouldBe(before);
    }

    [Fact]
    public void A_second_tenant_later_is_not_taken_for_an_unfinished_migration()
    {
        CreateSampleStore();
        UpgradeOptions options = new(new MigrationOptions(Tenant));
        GuardedUpgrade.Run(Database, options).Status.ShouldBe(UpgradeStatus.Succeeded);
        Shell.Sql(Database, "INSERT INTO stores(id, code, name, tenant_id) VALUES('s2', 'C2', 'Second', 'second')");
        GuardedUpgrade.Run(Database, options).Status.ShouldBe(UpgradeStatus.AlreadyMigrated);
    }

    [Fact]
    public void Another_tenant_for_a_migrated_database_is_refused()
    {
        CreateSampleStore();
        GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant))).Status.ShouldBe(UpgradeStatus.Succeeded);
        string before = Snapshot();
        UpgradeResult other = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions("other")));
        other.Error.ShouldNotBeNull().ErrorId.ShouldBe(ErrorIds.PlanBlocked);
        other.Plan.ShouldNotBeNull();
        Snapshot().ShouldBe(before);
    }

    [Fact]
    public void Migration_without_a_backup_makes_one()
    {
        CreateSampleStore();
        string before = Sha256(Database);
        MigrationResult result = TenantMigration.Migrate(Database, new MigrationOptions(Tenant));
        result.Status.ShouldBe(MigrationStatus.Migrated);
        Sha256(result.BackupPath.ShouldNotBeNull()).ShouldBe(before);
    }

    [Fact]
    public void Migration_refuses_the_backup_of_another_store_and_one_that_is_out_of_date()
    {
        CreateSampleStore();
        string otherStore = Path.Combine(Folder, "other.db");
        Shell.Sql(otherStore, "CREATE TABLE t(x)");
        string otherBackup = DatabaseBackup.Create(otherStore).BackupPath;
        string oldBackup = DatabaseBackup.Create(Database).BackupPath;
        Shell.Sql(Database, "UPDATE products SET name = 'newer'");
        string before = Snapshot();

        foreach (
            (string backup, string errorId) in new[]
            {
                (otherBackup, ErrorIds.BackupMismatch),
                (oldBackup, ErrorIds.DatabaseChanged),
                (Database + ".nothing", ErrorIds.BackupNotFound),
            })
        {
            Should
                .Throw<PosTenancyException>(() => TenantMigration.Migrate(Database, new MigrationOptions(Tenant), backup))
                .ErrorId.ShouldBe(errorId);
            Should
                .Throw<PosTenancyException>(() => TenantMigration.Preview(Database, new MigrationOptions(Tenant), backup))
                .ErrorId.ShouldBe(errorId);
        }

        Snapshot().ShouldBe(before);
    }

    [Fact]
    public void What_breaks_on_the_copy_never_reaches_the_live_file()
    {
        CreateSampleStore();
        // A NULL in a NOT NULL column: only the rows reveal it, when they are copied to complete the tenant column.
        Shell.Sql(
            Database,
            "CREATE TABLE drawer(cash INT, tenant_id); INSERT INTO drawer(rowid) VALUES (1); PRAGMA writable_schema = 1; UPDATE " +
            "sqlite_schema SET sql = replace(sql, 'INT', 'INT NOT NULL') WHERE name = 'drawer'"
        );
        string before = Sha256(Database);

        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant)));

        result.Status.ShouldBe(UpgradeStatus.Refused);
        result.Error.ShouldNotBeNull().ErrorId.ShouldBe(ErrorIds.RehearsalFailed);
        result.Error.Message.ShouldContain("NOT NULL constraint failed");
        result.Migration.ShouldBeNull();
        Sha256(Database).ShouldBe(before);
        Directory.GetDirectories(Folder).ShouldBeEmpty();
    }

    [Fact]
    public void What_breaks_in_a_very_large_schema_is_found_by_the_rehearsal()
    {
        Shell.Sql(
            Database,
            "CREATE TABLE a(x); CREATE TABLE b(x); CREATE TRIGGER t AFTER INSERT ON a BEGIN INSERT INTO b VALUES (1); END; BEGIN;" +
                string.Concat(Enumerable.Range(0, 2000).Select(i => $"CREATE VIEW v{i} AS SELECT {i};")) +
                "COMMIT;");
        string before = Sha256(Database);
        TenantPlan.Read(Database, new MigrationOptions(Tenant)).Blocked.ShouldBeEmpty();
        TenantPlan.Read(Database, new MigrationOptions(Tenant) { UniqueScope = UniqueScope.Tenant }).Blocked.ShouldBeEmpty();

        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant)));

        result.Error.ShouldNotBeNull().ErrorId.ShouldBe(ErrorIds.RehearsalFailed);
        result.Error.Message.ShouldContain("SchemaObjectsCompile");
        Sha256(Database).ShouldBe(before);
        Shell.Sql(Database, "CREATE TABLE c(k UNIQUE)");
        TenantPlan
            .Read(Database, new MigrationOptions(Tenant) { UniqueScope = UniqueScope.Tenant })
            .Blocked.ShouldNotBeEmpty("a table would be rebuilt");
    }

    [Fact]
    public void A_full_disk_is_refused_before_anything_is_written()
    {
        OnlyOn.Unix("a small file system can be mounted in memory");
        string mount = Directory.CreateDirectory(Path.Combine(Folder, "small")).FullName;
        if (Shell.Run("mount", null, "-t", "tmpfs", "-o", "size=2600k", "tmpfs", mount).ExitCode != 0)
        {
            Assert.Skip("mounting a small file system needs root");
        }

        try
        {
            CreateSampleStore();
            string database = Path.Combine(mount, "pos.db");
            File.Copy(Database, database);
            UpgradeResult result = GuardedUpgrade.Run(database, new UpgradeOptions(new MigrationOptions(Tenant)));
            result.Error.ShouldNotBeNull().ErrorId.ShouldBe(ErrorIds.InsufficientDiskSpace);
            Directory.GetFileSystemEntries(mount).ShouldBe([database]);
            Sha256(database).ShouldBe(Sha256(Database));

            // With the backup elsewhere there is just enough space.
            string elsewhere = Directory.CreateDirectory(Path.Combine(Folder, "backups")).FullName;
            GuardedUpgrade
                .Run(database, new UpgradeOptions(new MigrationOptions(Tenant)) { Destination = elsewhere })
                .Status.ShouldBe(UpgradeStatus.Succeeded);
        }
        finally
        {
            Shell.Run("umount", null, mount).ExitCode.ShouldBe(0);
        }
    }

    private static TablePlan AddSql(TablePlan table, string sql) => table with
    {
        Action = TableAction.AddColumn,
        Sql = [.. table.Sql, .. sql.Split(";; ")],
    };

    /// <summary>Runs a plan that was altered after planning, to simulate a defect of PosTenancy or of SQLite.</summary>
    private MigrationResult RunWith(
        Func<MigrationPlan, MigrationPlan> tamper,
        IProgress<StageProgress>? progress = null,
        MigrationOptions? options = null,
        CancellationToken cancellation = default)
    {
        string backup = DatabaseBackup.Create(Database, cancellation: cancellation).BackupPath;
        using RunJournal journal = RunJournal.Open(Database, "migration", progress: null);
        return journal.Keep(() =>
        {
            using ExclusiveDatabase database = ExclusiveDatabase.Open(Database, journal.RecoveryFolder, TimeSpan.Zero, cancellation);
            (DatabaseSchema schema, MigrationPlan plan) = TenantPlan.Make(
                database.Connection,
                options ?? new MigrationOptions(Tenant),
                cancellation);
            plan = tamper(plan);
            journal.Begin(options: plan.Options);
            RunContext run = new(Database, Stage.Migration, journal, progress, cancellation);
            return new MigrationRun(database, schema, plan, backup, rehearsed: null, run).Run();
        });
    }
}
