using System.Globalization;
using PosTenancy.Engine.History;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Recovery;
using PosTenancy.Engine.Verification;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.History;

/// <summary>The migration recorded in the project's own table: the layouts of common tools, and those that cannot take a row.</summary>
public sealed class HistoryTableTests : TestFolder
{
    /// <summary>
    /// Table, its CREATE statement, a query of the new row, and the expected output; {sha} is the plan's checksum, {product} PosTenancy's
    /// name.
    /// </summary>
    public static TheoryData<string, string, string, string> Shapes =>
        new()
        {
            {
                "_migrations", // the sample store's
                "CREATE TABLE _migrations(version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at TEXT NOT " +
                "NULL); INSERT INTO _migrations VALUES (7, 'promotions', 'c0ffee', '2026-01-01T08:00:00Z')",
                "SELECT version, name, checksum, applied_at LIKE '____-__-__T__:__:__.___Z' FROM _migrations WHERE version > 7",
                "8|postenancy tenant_id caps-automotive|{sha}|1"
            },
            {
                "_MIGRATIONS",
                "CREATE TABLE _migrations(version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at TEXT NOT " +
                "NULL)",
                "SELECT version, name FROM _migrations",
                "1|postenancy tenant_id caps-automotive"
            },
            {
                "_sqlx_migrations",
                "CREATE TABLE _sqlx_migrations(version BIGINT PRIMARY KEY, description TEXT NOT NULL, installed_on TIMESTAMP NOT NULL " +
                "DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, checksum BLOB NOT NULL, execution_time BIGINT NOT NULL); INSERT " +
                "INTO _sqlx_migrations VALUES (20260101120000, 'init', '2026-01-01 08:00:00', 1, x'00', 5)",
                "SELECT version, description, installed_on LIKE '____-__-__ __:__:__', success, typeof(checksum), lower(hex(checksum)), " +
                "execution_time FROM _sqlx_migrations WHERE version > 20260101120000",
                "20260101120001|postenancy tenant_id caps-automotive|1|1|blob|{sha}|0"
            },
            {
                "flyway_schema_history",
                "CREATE TABLE flyway_schema_history(installed_rank INT NOT NULL PRIMARY KEY, version VARCHAR(50), description " +
                "VARCHAR(200) NOT NULL, type VARCHAR(20) NOT NULL, script VARCHAR(1000) NOT NULL, checksum INT, installed_by " +
                "VARCHAR(100) NOT NULL, installed_on TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')), execution_time INT NOT " +
                "NULL, success BOOLEAN NOT NULL); INSERT INTO flyway_schema_history(installed_rank, version, description, type, script, " +
                "installed_by, execution_time, success) VALUES (3, '3', 'd', 'SQL', 'V3__d.sql', 'me', 4, 1)",
                "SELECT installed_rank, length(version), description, type, script, checksum IS NULL, installed_by, " +
                "length(installed_on), execution_time, success FROM flyway_schema_history WHERE installed_rank > 3",
                "4|14|postenancy tenant_id caps-automotive|SQL|postenancy tenant_id caps-automotive|1|{product}|23|0|1"
            },
            {
                "__EFMigrationsHistory",
                "CREATE TABLE __EFMigrationsHistory(MigrationId TEXT NOT NULL CONSTRAINT PK___EFMigrationsHistory PRIMARY KEY, " +
                "ProductVersion TEXT NOT NULL)",
                "SELECT * FROM __EFMigrationsHistory",
                "postenancy tenant_id caps-automotive|{product}"
            },
            {
                "knex_migrations",
                "CREATE TABLE knex_migrations(id integer not null primary key autoincrement, name varchar(255), batch integer, " +
                "migration_time datetime); INSERT INTO knex_migrations VALUES (1, '001.js', 4, 1767254400000)",
                "SELECT id, name, batch, abs(migration_time - strftime('%s', 'now') * 1000) < 60000 FROM knex_migrations WHERE id > 1",
                "2|postenancy tenant_id caps-automotive|5|1"
            },
            {
                "django_migrations",
                "CREATE TABLE django_migrations(id integer NOT NULL PRIMARY KEY AUTOINCREMENT, app varchar(255) NOT NULL, name " +
                "varchar(255) NOT NULL, applied datetime NOT NULL); INSERT INTO django_migrations VALUES (5, 'pos', '0001_initial', " +
                "'2026-01-01 08:00:00.123456')",
                "SELECT id, app, name, applied LIKE '____-__-__ __:__:__' FROM django_migrations WHERE id > 5",
                "6|postenancy|postenancy tenant_id caps-automotive|1"
            },
            {
                "goose_db_version",
                "CREATE TABLE goose_db_version(id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT " +
                "NULL, tstamp TIMESTAMP DEFAULT (datetime('now'))); INSERT INTO goose_db_version(version_id, is_applied) VALUES (12, 1)",
                "SELECT id, version_id, is_applied, tstamp LIKE '____-__-__ __:__:__' FROM goose_db_version WHERE id > 1",
                "2|13|1|1"
            },
            {
                "seaql_migrations",
                "CREATE TABLE seaql_migrations(version varchar NOT NULL PRIMARY KEY, applied_at bigint NOT NULL)",
                "SELECT length(version), abs(applied_at - strftime('%s', 'now')) < 60 FROM seaql_migrations",
                "14|1"
            },
            {
                "migrations", // TypeORM
                "CREATE TABLE migrations(id integer PRIMARY KEY AUTOINCREMENT NOT NULL, timestamp bigint NOT NULL, name varchar NOT " +
                "NULL); INSERT INTO migrations VALUES (1, 1767254400000, 'Init')",
                "SELECT id, abs(timestamp - strftime('%s', 'now') * 1000) < 60000, name FROM migrations WHERE id > 1",
                "2|1|postenancy tenant_id caps-automotive"
            },
            {
                "house rules \"v2\"",
                "CREATE TABLE \"house rules \"\"v2\"\"\"(\"Name\" TEXT UNIQUE, \"applied\" BOOLEAN NOT NULL, dirty INT NOT NULL, note " +
                "TEXT, kept INT NOT NULL DEFAULT 3, twice AS (kept * 2)); INSERT INTO \"house rules \"\"v2\"\"\"(\"Name\", applied, " +
                "dirty) VALUES ('postenancy tenant_id caps-automotive', 0, 1)",
                "SELECT \"Name\", applied, dirty, note IS NULL, kept, twice FROM \"house rules \"\"v2\"\"\" WHERE applied",
                "postenancy tenant_id caps-automotive 2|1|0|1|3|6"
            },
            {
                "done",
                "CREATE TABLE done(version TEXT PRIMARY KEY, hash CHAR(64) NOT NULL, executedAt TEXT NOT NULL) WITHOUT ROWID; INSERT " +
                "INTO done VALUES ('20260101080000', 'x', '2026-01-01 08:00:00')",
                "SELECT length(version), hash, executedAt LIKE '____-__-__ __:__:__' FROM done WHERE hash <> 'x'",
                "14|{sha}|1"
            },
        };

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Shapes))]
    public void Row_has_the_form_of_the_table_that_was_named(string table, string sql, string query, string expected)
    {
        Create(sql);
        MigrationOptions options = new(Tenant) { HistoryTable = table };
        long rows = Rows(table);
        string checksum = Engine.Planning.HistoryRecord.From(TenantPlan.Read(Database, options)).Checksum;

        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(options));

        result.Error.ShouldBeNull(table);
        result.Checks.ShouldHavePassed();
        result.Plan!.Tables.Single(t => t.Table.Equals(table, StringComparison.OrdinalIgnoreCase)).Action.ShouldBe(TableAction.Skip);
        (result.HistoryTable, result.Migration!.HistoryTable).ShouldBe((table, table));
        Shell.Sql(Database, query).ShouldBe(expected.Replace("{sha}", checksum).Replace("{product}", Engine.Text.ProductVersion.Name));
        Rows(table).ShouldBe(rows + 1);
        Shell
            .Sql(Database, "SELECT count(*) FROM sqlite_schema WHERE name = '_postenancy_history'; PRAGMA integrity_check")
            .ShouldBe("0\nok");

        CheckResult counts = Counts(options, result.Backup!.BackupPath);
        counts.Status.ShouldBe(CheckStatus.Passed, counts.Detail);
        counts.Expected.ShouldContain($"one of them new in {table}");
        TenantHistory.Read(Database, table).Entries.Count.ShouldBe((int)rows + 1);

        // Add a further change: there is a second row, and unique names and versions remain unique.
        Shell.Sql(Database, "CREATE TABLE loyalty_tiers(id)");
        MigrationResult second = TenantMigration.Migrate(Database, options);
        second.Error.ShouldBeNull(table);
        Rows(table).ShouldBe(rows + 2);
        string after = Sha256(Database);
        TenantMigration.Migrate(Database, options).Status.ShouldBe(MigrationStatus.AlreadyMigrated);
        Sha256(Database).ShouldBe(after);
    }

    [Theory]
    [InlineData("CREATE TABLE h(name TEXT, store TEXT NOT NULL)", "'store' (TEXT)")]
    [InlineData("CREATE TABLE h(key TEXT PRIMARY KEY, name TEXT)", "'key' (TEXT)")]
    [InlineData("CREATE TABLE h(name TEXT, checksum INT NOT NULL)", "'checksum' (INT)")]
    [InlineData("CREATE TABLE h(name TEXT, note NOT NULL DEFAULT NULL)", "'note' (no type)")]
    [InlineData("CREATE TABLE h(version INTEGER PRIMARY KEY, dirty BOOLEAN NOT NULL)", "what was done, or when")]
    [InlineData("CREATE TABLE h(version_num VARCHAR(32) NOT NULL)", "'version_num'")]
    [InlineData("CREATE TABLE h(version BIGINT NOT NULL)", "what was done, or when")]
    [InlineData("CREATE TABLE h(name TEXT, tenant_id TEXT)", "business table")]
    [InlineData("CREATE VIEW h AS SELECT 1 AS version, 'x' AS name", "a view")]
    [InlineData("CREATE INDEX h ON sales(id)", "an index")]
    [InlineData("CREATE VIRTUAL TABLE h USING fts5(name)", "not an ordinary table")]
    [InlineData("CREATE TABLE other(name TEXT)", "no such table")]
    public void Table_that_cannot_take_a_row_is_refused_and_nothing_is_written(string sql, string why)
    {
        Create(sql);
        string before = Snapshot();

        HistoryRefusal.ShouldComeEarly(Database, new MigrationOptions(Tenant) { HistoryTable = "h" }, why);

        Snapshot().ShouldBe(before);
    }

    [Fact]
    public void Audit_says_that_there_is_no_such_table()
    {
        Create("");
        Should
            .Throw<PosTenancyException>(() => TenantPlan.Read(Database, new MigrationOptions(Tenant) { HistoryTable = "h" }))
            .ErrorId.ShouldBe(ErrorIds.HistoryTableUnusable);
        Should.Throw<PosTenancyException>(() => TenantHistory.Read(Database, "h")).ErrorId.ShouldBe(ErrorIds.HistoryTableUnusable);
        TenantPlan
            .Read(Database, new MigrationOptions(Tenant) { HistoryTable = "_PosTenancy_history" })
            .History.Problem.ShouldBeNull("that is ours");
    }

    [Theory]
    [InlineData("CREATE TRIGGER x AFTER INSERT ON h BEGIN INSERT INTO sales(id) VALUES (99); END", "RowCountsMatch")]
    [InlineData("CREATE TRIGGER x AFTER INSERT ON h WHEN new.id < 3 BEGIN INSERT INTO h(name) VALUES ('again'); END", "RowCountsMatch")]
    [InlineData("CREATE TRIGGER x AFTER INSERT ON h BEGIN DELETE FROM h WHERE id = 1; END", "RowCountsMatch")]
    [InlineData("CREATE TRIGGER x AFTER INSERT ON h BEGIN UPDATE sales SET id = -id; END", "instead of 1")]
    [InlineData("CREATE TRIGGER x BEFORE INSERT ON h BEGIN SELECT RAISE(IGNORE); END", "RowCountsMatch")]
    [InlineData("CREATE UNIQUE INDEX x ON h(length(name))", "UNIQUE")]
    public void Exactly_one_row_more_is_expected_there_and_nothing_else(string hostile, string why)
    {
        Create("CREATE TABLE h(id INTEGER PRIMARY KEY, name TEXT); INSERT INTO h VALUES (1, 'postenancy tenant_id caps-automotiv_')");
        Shell.Sql(Database, hostile);
        string before = Sha256(Database);

        MigrationResult result = TenantMigration.Migrate(Database, new MigrationOptions(Tenant) { HistoryTable = "h" });

        result.Status.ShouldBe(MigrationStatus.RolledBack);
        result.Error!.Message.ShouldContain(why);
        Sha256(Database).ShouldBe(before);
    }

    [Theory]
    [InlineData("DELETE FROM h WHERE id = 2")]
    [InlineData("INSERT INTO h(name) VALUES ('later')")]
    [InlineData("DROP TABLE h")]
    public void Test_against_the_backup_finds_another_number_of_rows(string lie)
    {
        Create("CREATE TABLE h(id INTEGER PRIMARY KEY, name TEXT); INSERT INTO h VALUES (1, 'first')");
        MigrationOptions options = new(Tenant) { HistoryTable = "h" };
        MigrationResult result = TenantMigration.Migrate(Database, options);
        Counts(options, result.BackupPath!).Status.ShouldBe(CheckStatus.Passed);

        Counts(new MigrationOptions(Tenant) { ExcludeTable = ["h"] }, result.BackupPath!)
            .Status.ShouldBe(CheckStatus.Failed, "without its name a row more is a difference");
        Shell.Sql(Database, lie);
        CheckResult counts = Counts(options, result.BackupPath!);
        (counts.Status, counts.Detail.StartsWith("h: 1 before", StringComparison.Ordinal)).ShouldBe(
            (CheckStatus.Failed, true),
            counts.Detail);
    }

    [Fact]
    public void Table_that_was_not_there_before_is_no_history_to_compare()
    {
        Create("");
        string backup = DatabaseBackup.Create(Database).BackupPath;
        CheckResult counts = Counts(new MigrationOptions(Tenant) { HistoryTable = "h" }, backup);
        (counts.Status, counts.Detail).ShouldBe((CheckStatus.Failed, "h: named as the history, but did not exist before"));
    }

    [Fact]
    public void Rows_of_the_project_are_shown_as_far_as_they_are_understood()
    {
        Shell.Sql(Database, """
            CREATE TABLE h(version BIGINT PRIMARY KEY, description TEXT, installed_on, success BOOLEAN, checksum BLOB, other TEXT);
            INSERT INTO h VALUES
                (20, 'b', 1767254400, 1, x'0A0b', 'x'), (3, 'a', 1767254400000, 1, 'md5', 'x'),
                (30, NULL, 'last week', 1, NULL, NULL), (40, 'd', '2026-01-01 08:00:00', 0, 5, '');
            """);
        TenantHistory
            .Read(Database, "H")
            .Entries.Select(e => (e.Name, e.AppliedAt?.UtcDateTime.ToString("s", CultureInfo.InvariantCulture), e.Checksum, e.TenantId))
            .ShouldBe([
                ("a", "2026-01-01T08:00:00", "md5", null),
                ("b", "2026-01-01T08:00:00", "0a0b", null),
                (null, null, null, null),
                ("d", "2026-01-01T08:00:00", "5", null),
            ]);
    }

    [Fact]
    public void Checksum_of_another_tool_says_nothing_about_a_script()
    {
        string script = Path.Combine(Folder, "008.sql");
        File.WriteAllText(script, "SELECT 1;");
        Shell.Sql(
            Database,
            $"CREATE TABLE h(name TEXT, checksum TEXT); INSERT INTO h VALUES ('008.sql', 'c0ffee'), ('008.sql', '{Sha256(script)}')");
        HistoryReading reading = TenantHistory.Read(Database, "h", script);
        reading.Entries.Select(e => e.ScriptState).ShouldBe([null, ScriptState.Unchanged]);
        reading.Warning.ShouldBeNull();
    }

    private void Create(string sql) =>
        Shell.Sql(Database, "CREATE TABLE sales(id INTEGER PRIMARY KEY); INSERT INTO sales VALUES (1), (2);" + sql);

    private long Rows(string table) =>
        long.Parse(Shell.Sql(Database, $"SELECT count(*) FROM \"{table.Replace("\"", "\"\"")}\""), CultureInfo.InvariantCulture);

    private CheckResult Counts(MigrationOptions options, string backup) =>
        TenantIntegrity.Test(Database, TenantExpectation.From(options), backup).Single(c => c.Name == "RowCountsMatch");
}
