using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using PosTenancy.Engine.History;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Scripts;
using PosTenancy.Engine.Verification;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.History;

/// <summary>The migration history of a database in PosTenancy's own table, as read by the sqlite3 shell.</summary>
public sealed class HistoryTests : TestFolder
{
    private const string Own = "_postenancy_history";

    private const string Columns =
        "applied_at TEXT NOT NULL, kind TEXT NOT NULL, name TEXT, checksum TEXT NOT NULL, tenant_id TEXT NOT NULL, column_name TEXT NOT " +
        "NULL, "
        + "tables INTEGER NOT NULL, statements INTEGER NOT NULL, product_version TEXT NOT NULL, sqlite_version TEXT NOT NULL, " +
        "backup_sha256 TEXT NOT NULL";

    [Theory]
    [InlineData("")]
    [InlineData("PRAGMA journal_mode = WAL;")]
    public void Migration_is_recorded_in_the_database_with_what_when_and_by_which_version(string mode)
    {
        CreateSampleStore(mode);
        string before = Sha256(Database);
        DateTime begun = DateTime.UtcNow;
        IEnumerable<string> statements = TenantPlan.Read(Database, new MigrationOptions(Tenant)).Statements.Select(s => s.Sql).ToList();

        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant)));

        result.Error.ShouldBeNull();
        string[] row = Shell.Sql(Database, $"SELECT * FROM {Own}").Split('|');
        row[0].ShouldBe("1");
        DateTime at = DateTime.ParseExact(
            row[1],
            "yyyy-MM-dd'T'HH:mm:ss.fff'Z'",
            CultureInfo.InvariantCulture,
            DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal);
        at.ShouldBeInRange(begun.AddMilliseconds(-1), DateTime.UtcNow);
        string checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(";\n", statements))));
        row[2..]
            .ShouldBe([
                "Plan",
                "",
                checksum,
                Tenant,
                "tenant_id",
                "32",
                "64",
                result.Before!.ProductVersion,
                result.Before.SqliteVersion,
                before,
            ]);
        result.Checks.Single(c => c.Name == "RowCountsMatch").Actual.ShouldBe("26 rows in all 33 tables", "our own table is not counted");
        result.Rehearsal.ShouldNotBeNull().Checks.ShouldHavePassed();
        TenantIntegrity.Test(Database, new TenantExpectation(Tenant, "tenant_id", []), result.Backup!.BackupPath).ShouldHavePassed();
    }

    [Fact]
    public void Second_migration_appends_a_row_and_one_that_does_nothing_does_not()
    {
        CreateSampleStore();
        MigrationOptions options = new(Tenant);
        TenantMigration.Migrate(Database, options).Status.ShouldBe(MigrationStatus.Migrated);
        string before = Sha256(Database);
        TenantMigration.Migrate(Database, options).Status.ShouldBe(MigrationStatus.AlreadyMigrated);
        Sha256(Database).ShouldBe(before);

        Shell.Sql(Database, "CREATE TABLE loyalty_tiers(id, name)");
        MigrationResult second = TenantMigration.Migrate(Database, options);

        second.Status.ShouldBe(MigrationStatus.Migrated);
        second.Checks.ShouldHavePassed();
        Shell.Sql(Database, $"SELECT id, tables, statements FROM {Own} ORDER BY id").ShouldBe("1|32|64\n2|1|2");
        Shell.Sql(Database, $"SELECT count(DISTINCT checksum), count(DISTINCT backup_sha256) FROM {Own}").ShouldBe("2|2");
    }

    [Theory]
    [InlineData("")]
    [InlineData("PRAGMA journal_mode = WAL;")]
    public void Row_is_rolled_back_with_the_rest(string mode)
    {
        // A script that loses a row: the check that detects it runs after the history row was written.
        Shell.Sql(Database, mode + "CREATE TABLE a(id, total); INSERT INTO a VALUES (1, 2)");
        string script = Path.Combine(Folder, "008.sql");
        File.WriteAllText(
            script,
            "ALTER TABLE a ADD COLUMN tenant_id TEXT NOT NULL DEFAULT 'caps-automotive'; CREATE INDEX i ON a(tenant_id); DELETE FROM a;");
        string before = Sha256(Database);
        bool written = false;
        Observer observer = new(report => written |= report.Activity.Contains($"INSERT INTO main.\"{Own}\"", StringComparison.Ordinal));

        TenantMigration
            .Migrate(Database, new MigrationOptions(Tenant) { Script = ScriptFile.Read(script) }, progress: observer)
            .Status.ShouldBe(MigrationStatus.RolledBack);

        written.ShouldBeTrue();
        Sha256(Database).ShouldBe(before);
        TenantHistory.Read(Database).Entries.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("INSERT INTO stores(id, code, name) VALUES ('s9', 'C9', 'Ninth')", "RowCountsMatch")]
    [InlineData("DELETE FROM vehicle_fitment", "RowCountsMatch")]
    [InlineData("UPDATE products SET price_cents = 1", "instead of 1")]
    [InlineData("UPDATE _postenancy_history SET tenant_id = 'other'", "instead of 1")]
    [InlineData("DELETE FROM _postenancy_history", "instead of 1")]
    [InlineData("SELECT RAISE(ABORT, 'no history here')", "no history here")]
    [InlineData("SELECT RAISE(ROLLBACK, 'no history here')", "no history here")]
    [InlineData("SELECT RAISE(FAIL, 'no history here')", "no history here")]
    [InlineData("SELECT RAISE(IGNORE)", "instead of 1")]
    public void Trigger_on_the_history_that_does_something_else_rolls_everything_back(string action, string why)
    {
        foreach (string when in new[] { "BEFORE", "AFTER" })
        {
            if ((action.EndsWith("RAISE(IGNORE)", StringComparison.Ordinal) || action.Contains("_postenancy", StringComparison.Ordinal)) &&
                when != (action[0] == 'S' ? "BEFORE" : "AFTER"))
            {
                continue;
            }

            File.Delete(Database);
            CreateSampleStore();
            Shell.Sql(
                Database,
                $"CREATE TABLE {Own}(id INTEGER PRIMARY KEY, {Columns}); CREATE TRIGGER hostile {when} INSERT ON {Own} BEGIN {action}; END"
            );
            string before = Sha256(Database);

            UpgradeResult upgrade = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant)));
            upgrade.Error.ShouldNotBeNull(when).ErrorId.ShouldBe(ErrorIds.RehearsalFailed, upgrade.Error.Message);

            // A rehearsal has no checks before its COMMIT: the number of changed rows reveals the trigger first.
            upgrade.Error.Message.ShouldContain(why == "RowCountsMatch" ? "instead of 1" : why);
            Sha256(Database).ShouldBe(before);

            MigrationResult result = TenantMigration.Migrate(Database, new MigrationOptions(Tenant));
            result.Error.ShouldNotBeNull(when).ErrorId.ShouldBe(ErrorIds.MigrationRolledBack);
            result.Error.Message.ShouldContain(why);
            Sha256(Database).ShouldBe(before);
        }
    }

    [Theory]
    [InlineData($"CREATE TABLE {Own}(id)", "lacks the columns applied_at, kind")]
    [InlineData($"CREATE TABLE {Own}(id INTEGER PRIMARY KEY, {Columns}, extra TEXT NOT NULL)", "'extra'")]
    [InlineData($"CREATE TABLE {Own}(id AS (1), {Columns})", "lacks the column id ")]
    [InlineData($"CREATE VIEW {Own} AS SELECT 1 AS id", "a view")]
    [InlineData($"CREATE INDEX {Own} ON users(role)", "an index")]
    [InlineData($"CREATE VIRTUAL TABLE {Own} USING fts5(x)", "not an ordinary table")]
    public void Table_of_our_name_that_is_another_one_refuses_early(string sql, string why)
    {
        CreateSampleStore();
        Shell.Sql(Database, sql);
        string before = Snapshot();

        HistoryRefusal.ShouldComeEarly(Database, new MigrationOptions(Tenant), why);

        Snapshot().ShouldBe(before);
    }

    [Fact]
    public void Audit_of_a_table_that_cannot_be_written_warns()
    {
        Shell.Sql(Database, $"CREATE TABLE sales(id); CREATE TABLE {Own}(id)");
        TablePlan plan = TenantPlan.Read(Database, new MigrationOptions(Tenant)).Tables.Single(t => t.Table == Own);
        (plan.Action, plan.Warnings.ShouldHaveSingleItem().Contains("lacks the columns", StringComparison.Ordinal)).ShouldBe(
            (TableAction.Skip, true));
    }

    [Theory]
    [InlineData($"CREATE TABLE _PosTenancy_History(ID INTEGER PRIMARY KEY, {Columns})")]
    [InlineData($"CREATE TABLE {Own}(id INTEGER PRIMARY KEY, {Columns}) WITHOUT ROWID")]
    [InlineData($"CREATE TABLE {Own}(id INTEGER PRIMARY KEY, {Columns}) STRICT")]
    [InlineData($"CREATE TABLE {Own}(later TEXT, id INTEGER PRIMARY KEY, {Columns}, more TEXT NOT NULL DEFAULT 'x')")]
    public void Table_that_another_version_has_made_is_written_on(string sql)
    {
        CreateSampleStore();
        Shell.Sql(Database, sql);
        Shell.Sql(
            Database,
            $"INSERT INTO {Own}(id, applied_at, kind, checksum, tenant_id, column_name, tables, statements, product_version, " +
            "sqlite_version, backup_sha256) "
                + "VALUES (7, '2026-01-31T12:00:00.000Z', 'Split', 'c0', 'old', 'shop', 1, 2, 'PosTenancy 9', '3.99', 'b0')");
        TenantMigration.Migrate(Database, new MigrationOptions(Tenant)).Status.ShouldBe(MigrationStatus.Migrated);
        Shell.Sql(Database, $"SELECT id, kind, tenant_id FROM {Own} ORDER BY id").ShouldBe($"7|Split|old\n8|Plan|{Tenant}");
        TenantHistory
            .Read(Database)
            .Entries.Select(e => (e.Kind, e.AppliedAt?.Year, e.ProductVersion))
            .First()
            .ShouldBe(("Split", 2026, "PosTenancy 9"));
    }

    [Fact]
    public void Entries_are_read_oldest_first_and_no_byte_is_changed()
    {
        CreateSampleStore();
        TenantHistory.Read(Database).Entries.ShouldBeEmpty("nobody has migrated it");
        MigrationResult migration = TenantMigration.Migrate(Database, new MigrationOptions(Tenant, "shop"));
        Shell.Sql(Database, "CREATE TABLE loyalty_tiers(id)");
        TenantMigration.Migrate(Database, new MigrationOptions(Tenant, "shop"));
        string before = Snapshot();

        IReadOnlyList<HistoryEntry> entries = TenantHistory.Read(Database).Entries;

        Snapshot().ShouldBe(before);
        entries.Select(e => (e.Path, e.Kind, e.Name, e.TenantId, e.ColumnName, e.Tables, e.Statements, e.ScriptState))
            .ShouldBe([(Database, "Plan", null, Tenant, "shop", 32, 64, null), (Database, "Plan", null, Tenant, "shop", 1, 2, null)]);
        entries[0].BackupSha256.ShouldBe(Sha256(migration.BackupPath!));
        Shell
            .Sql(Database, $"SELECT checksum, product_version, sqlite_version FROM {Own} WHERE id = 1")
            .ShouldBe($"{entries[0].Checksum}|{entries[0].ProductVersion}|{entries[0].SqliteVersion}");
    }

    [Fact]
    public void View_of_our_name_is_no_history()
    {
        Shell.Sql(Database, $"CREATE TABLE t(x); CREATE VIEW {Own} AS SELECT 1 AS id, 'Plan' AS kind");
        TenantHistory.Read(Database).Entries.ShouldBeEmpty();
    }

    [Fact]
    public void Script_that_was_changed_since_it_was_applied_is_told()
    {
        string script = Path.Combine(Folder, "008_add_tenant_id.sql");
        File.WriteAllText(script, "ALTER TABLE t ADD COLUMN tenant_id;");
        string applied = Sha256(script);
        Shell.Sql(Database, $"""
            CREATE TABLE {Own}(id INTEGER PRIMARY KEY, {Columns});
            INSERT INTO {Own} VALUES
              (1, '2026-01-31T12:00:00.000Z', 'Script', '008_add_tenant_id.sql', '{applied}', 't', 'c', 1, 1, 'p', 's', 'b'),
              (2, '2026-02-01T12:00:00.000Z', 'Script', '009_other.sql', '{applied}', 't', 'c', 1, 1, 'p', 's', 'b'),
              (3, '2026-02-01T12:00:00.000Z', 'Plan', NULL, '{applied}', 't', 'c', 1, 1, 'p', 's', 'b');
            """);

        HistoryReading unchanged = TenantHistory.Read(Database, scriptPath: script);
        unchanged.Entries.Select(e => e.ScriptState).ShouldBe([ScriptState.Unchanged, null, null]);
        unchanged.Warning.ShouldBeNull();

        File.AppendAllText(script, "\r\n");
        HistoryReading changed = TenantHistory.Read(Database, scriptPath: script);
        changed.Entries.Select(e => e.ScriptState).ShouldBe([ScriptState.Changed, null, null]);
        changed.Warning.ShouldNotBeNull().ShouldContain(applied);
        changed.Warning.ShouldContain(Sha256(script));
        changed.Warning.ShouldContain("2026-01-31 12:00:00 UTC");

        // Applied again in its present form: the last entry counts.
        Shell.Sql(
            Database,
            $"INSERT INTO {Own} SELECT 4, applied_at, kind, name, '{Sha256(script)}', tenant_id, column_name, 1, 1, 'p', 's', 'b' FROM " +
            $"{Own} WHERE id = 1"
        );
        HistoryReading again = TenantHistory.Read(Database, scriptPath: script);
        again.Entries.Select(e => e.ScriptState).ShouldBe([ScriptState.Changed, null, null, ScriptState.Unchanged]);
        again.Warning.ShouldBeNull();

        Should
            .Throw<PosTenancyException>(() => TenantHistory.Read(Database, scriptPath: script + ".missing"))
            .ErrorId.ShouldBe(ErrorIds.FileNotFound);
    }

    [Fact]
    public void Database_that_has_everything_is_not_refused_for_a_history_that_it_does_not_need()
    {
        Shell.Sql(
            Database,
            $"CREATE TABLE t(tenant_id TEXT NOT NULL DEFAULT '{Tenant}'); CREATE INDEX i ON t(tenant_id); CREATE TABLE {Own}(id)");
        string before = Snapshot();
        TenantMigration.Migrate(Database, new MigrationOptions(Tenant)).Status.ShouldBe(MigrationStatus.AlreadyMigrated);
        Snapshot().ShouldBe(before);
    }
}
