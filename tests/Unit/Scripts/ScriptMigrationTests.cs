using System.Text;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Scripts;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Verification;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Scripts;

/// <summary>
/// A user's script runs inside the guard: it succeeds and every check confirms it, or the file keeps its bytes.
/// </summary>
public sealed class ScriptMigrationTests : TestFolder
{
    /// <summary>A typical hand-written script for the sample store: 32 columns and 32 indexes.</summary>
    private string HandMade(string tenant = Tenant) =>
        string.Join("\n", TenantPlan.Read(Database, new MigrationOptions(tenant)).Statements.Select(s => s.Sql + ";"));

    private MigrationOptions Options(string text, Encoding? encoding = null, string tenant = Tenant)
    {
        string path = Path.Combine(Directory.CreateDirectory(Path.Combine(Folder, "scripts")).FullName, "008_add_tenant_id.sql");
        File.WriteAllText(path, text, encoding ?? new UTF8Encoding(false));
        return new MigrationOptions(tenant) { Script = ScriptFile.Read(path) };
    }

    private UpgradeResult Upgrade(string text, bool skipRehearsal = false) =>
        GuardedUpgrade.Run(Database, new UpgradeOptions(Options(text)) { SkipRehearsal = skipRehearsal });

    /// <summary>Runs the script on the live file without a rehearsal; it must leave no trace there.</summary>
    private MigrationResult ShouldRollBack(string text, params string[] said)
    {
        string before = Sha256(Database);
        MigrationResult result = TenantMigration.Migrate(Database, Options(text));
        result.Status.ShouldBe(MigrationStatus.RolledBack);
        result.Error.ShouldNotBeNull().ErrorId.ShouldBe(ErrorIds.MigrationRolledBack);
        foreach (string part in said)
        {
            result.Error.Message.ShouldContain(part);
        }

        Sha256(Database).ShouldBe(before);
        return result;
    }

    public static TheoryData<string, Func<string, string>, Encoding> Ways =>
        new()
        {
            { "as it is", sql => sql, new UTF8Encoding(false) },
            { "with a byte order mark", sql => sql, new UTF8Encoding(true) },
            { "in UTF-16", sql => sql, Encoding.Unicode },
            { "with CRLF", sql => "-- 008\r\n" + sql.Replace("\n", "\r\n", StringComparison.Ordinal) + "\r\n", new UTF8Encoding(false) },
            { "in a transaction", sql => $"BEGIN TRANSACTION;\n{sql}\nCOMMIT;\n", new UTF8Encoding(false) },
            {
                "as a shell script",
                sql =>
                    $"PRAGMA foreign_keys=OFF;\nBEGIN;\n{sql}\nPRAGMA user_version = 8;\nEND;\nPRAGMA foreign_keys = ON;\nPRAGMA " +
                    "foreign_key_check;\nPRAGMA integrity_check;\n",
                new UTF8Encoding(true)
            },
            {
                "with DEFAULT in double quotes",
                sql => sql.Replace($"'{Tenant}'", $"\"{Tenant}\"", StringComparison.Ordinal),
                new UTF8Encoding(false)
            },
            { "without the last semicolon", sql => sql.TrimEnd(';') + " -- done;", new UTF8Encoding(false) },
        };

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Ways))]
    public void A_hand_made_script_is_run_and_proved(string how, Func<string, string> dress, Encoding encoding)
    {
        CreateSampleStore();
        MigrationOptions options = Options(dress(HandMade()), encoding);

        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(options));

        (result.Status, result.Error).ShouldBe((UpgradeStatus.Succeeded, null), how);
        result.Checks.Where(c => c.Name != "UniqueKeysPerTenant").ShouldAllBe(c => c.Status == CheckStatus.Passed, how);
        (result.Migration!.TablesUpdated, result.Migration.IndexesCreated).ShouldBe((32, 32), how);
        result.Plan!.Tables.ShouldAllBe(t => t.Sql.Count == 0);
        Shell
            .Sql(Database, "SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND name LIKE 'idx!_%!_tenant!_id' ESCAPE '!'")
            .ShouldBe("32", how);
        Shell.Sql(Database, "SELECT DISTINCT tenant_id FROM users").ShouldBe(Tenant, how);

        string after = Sha256(Database);
        UpgradeResult again = GuardedUpgrade.Run(Database, new UpgradeOptions(options));
        (again.Status, again.Error, again.Backup).ShouldBe((UpgradeStatus.AlreadyMigrated, null, null), how);
        again.Plan!.Statements.ShouldBeEmpty(how);
        Sha256(Database).ShouldBe(after, how);
    }

    [Fact]
    public void Script_may_record_itself_and_its_tenants_and_nothing_else()
    {
        CreateSampleStore();
        const string Records =
            "INSERT INTO _migrations VALUES (8, '008_add_tenant_id', 'c0ffee', '2026-01-01'); CREATE TABLE tenants(id TEXT PRIMARY KEY); " +
            "INSERT INTO tenants VALUES ('caps-automotive');";
        ShouldRollBack(HandMade() + Records + "INSERT INTO stores(id, code, name) VALUES ('s2', 'C2', 'Second');", "RowCountsMatch");
        ShouldRollBack(
            HandMade() +
                Records +
                "DELETE FROM _migrations WHERE version = 8; CREATE TABLE extra(tenant_id TEXT NOT NULL); CREATE INDEX e ON " +
                "extra(tenant_id);",
            "RowCountsMatch");

        UpgradeResult result = Upgrade(HandMade() + Records);

        result.Error?.Message.ShouldBeNull();
        CheckResult counts = result.Checks.Single(c => c.Name == "RowCountsMatch");
        (counts.Status, counts.Detail).ShouldBe(
            (CheckStatus.Warning, "_migrations: 0 before, 1 after; tenants: did not exist before, 1 rows"));
        TenantIntegrity
            .Test(Database, new TenantExpectation(Tenant, "tenant_id", []), result.Backup!.BackupPath)
            .Single(c => c.Name == "RowCountsMatch")
            .Status.ShouldBe(CheckStatus.Warning);
    }

    [Fact]
    public void Column_that_refers_to_the_registry_is_added_to_a_table_with_rows_and_checked_at_the_end()
    {
        // With enforcement SQLite refuses such a column as soon as there is a row.
        Shell.Sql(Database, "CREATE TABLE t(x); INSERT INTO t VALUES (1)");
        const string Column =
            "ALTER TABLE t ADD COLUMN tenant_id TEXT NOT NULL DEFAULT 'caps-automotive' REFERENCES tenants(id); CREATE INDEX i ON " +
            "t(tenant_id);";
        ShouldRollBack("CREATE TABLE tenants(id TEXT PRIMARY KEY);" + Column, "ForeignKeysIntact");
        Upgrade(
            "PRAGMA foreign_keys = ON; CREATE TABLE tenants(id TEXT PRIMARY KEY); INSERT INTO tenants VALUES ('caps-automotive');" + Column)
            .Error?.Message.ShouldBeNull();
        Shell.Sql(Database, "PRAGMA foreign_key_check; SELECT x, tenant_id FROM t").ShouldBe("1|caps-automotive");
    }

    [Fact]
    public void Column_without_a_default_is_done_as_well_and_the_script_is_not_run_again()
    {
        Shell.Sql(Database, "CREATE TABLE t(x); INSERT INTO t VALUES (1)");
        const string Rebuild =
            "CREATE TABLE n(x, tenant_id TEXT NOT NULL); INSERT INTO n SELECT x, 'caps-automotive' FROM t; DROP TABLE t; ALTER TABLE n " +
            "RENAME TO t; CREATE INDEX i ON t(tenant_id);";
        Upgrade(Rebuild).Status.ShouldBe(UpgradeStatus.Succeeded);
        string after = Sha256(Database);
        Upgrade(Rebuild).Status.ShouldBe(UpgradeStatus.AlreadyMigrated);
        Sha256(Database).ShouldBe(after);
    }

    [Fact]
    public void A_database_in_WAL_mode_is_migrated_by_a_script_and_taken_back_from_one()
    {
        CreateSampleStore("PRAGMA journal_mode = WAL;");
        ShouldRollBack(HandMade() + "DELETE FROM users;", "RowCountsMatch");
        Upgrade(HandMade()).Status.ShouldBe(UpgradeStatus.Succeeded);
        Shell.Sql(Database, "PRAGMA journal_mode").ShouldBe("wal");
    }

    [Fact]
    public void Triggers_strings_and_savepoints_do_what_they_do_in_the_shell()
    {
        CreateSampleStore();
        Shell.Sql(
            Database,
            "CREATE TABLE tenants(id INTEGER PRIMARY KEY, body TEXT, mood TEXT); INSERT INTO tenants VALUES (1, 'a', NULL)");
        string script =
            HandMade() +
            """
                CREATE TRIGGER tenants_ai AFTER INSERT ON tenants WHEN NEW.body LIKE '%;%' BEGIN
                  UPDATE tenants SET mood = CASE WHEN NEW.body = 'x;y' THEN 'odd;' ELSE 'even' END WHERE id = NEW.id;
                  SELECT CASE WHEN NEW.body = ';' THEN RAISE(ABORT, 'no;') END;
                END;
                SAVEPOINT s; DELETE FROM tenants; ROLLBACK TO s; RELEASE s;
                INSERT INTO tenants(id, body) VALUES(coalesce(?1, 2), "text; in double quotes");
                PRAGMA legacy_alter_table = ON;
                CREATE INDEX tenants_quoted ON tenants(body) WHERE mood = 'a' /* ; */;
                """;

        UpgradeResult result = Upgrade(script);

        result.Error.ShouldBeNull();
        Shell.Sql(Database, "SELECT id, body, mood FROM tenants").ShouldBe("1|a|\n2|text; in double quotes|even");
        Shell.Sql(Database, "INSERT INTO tenants(id, body) VALUES (3, 'x;y'); SELECT mood FROM tenants WHERE id = 3").ShouldBe("odd;");
        Shell.Sql(Database, "PRAGMA integrity_check").ShouldBe("ok");
    }

    [Theory]
    [InlineData("UPDATE products SET price_cents = price_cents + 1 WHERE rowid = 3;", "products: rowid 3 changed in price_cents")]
    [InlineData("UPDATE stores SET name = name || '!';", "stores: rowid 1 changed in name")]
    public void Value_that_a_script_changes_takes_it_back(string statement, string named)
    {
        CreateSampleStore();
        string before = Sha256(Database);
        UpgradeResult result = Upgrade(HandMade() + statement);
        result.Error.ShouldNotBeNull().ErrorId.ShouldBe(ErrorIds.RehearsalFailed);
        result.Error.Message.ShouldContain(named);
        Sha256(Database).ShouldBe(before);
    }

    [Fact]
    public void Rows_that_statements_give_are_kept_with_their_line()
    {
        CreateSampleStore();
        UpgradeResult result = Upgrade(HandMade() + """

            SELECT NULL AS none, 42 AS n, -1.5e300 AS r, 'it''s' AS t, x'00ff' AS b, '' AS empty, x'' AS "no bytes";
            SELECT username FROM users WHERE 0;
            PRAGMA user_version = 8;
            PRAGMA user_version;
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT i FROM n;
            SELECT printf('%.*c', 1000000, 'x'), zeroblob(1000000);
            """);

        result.Error.ShouldBeNull();
        IReadOnlyList<ScriptOutput> output = result.Migration!.ScriptOutput;
        output.Select(o => (o.Line, o.RowCount, o.Rows.Count)).ShouldBe([(65, 1, 1), (66, 0, 0), (68, 1, 1), (69, 5000, 1000), (70, 1, 1)]);
        output[0].Columns.ShouldBe(["none", "n", "r", "t", "b", "empty", "no bytes"]);
        output[0].Rows[0].ShouldBe([null, "42", "-1.5e+300", "it's", "X'00FF'", "", "X''"]);
        output[2].Rows[0].ShouldBe(["8"]);
        output[3].Rows[^1].ShouldBe(["1000"]);
        output[4].Rows[0].ShouldAllBe(v => v!.Length < 5000 && v.EndsWith("… (1000000 bytes)"));
        result.Rehearsal!.ScriptOutput.Count.ShouldBe(output.Count);
    }

    [Fact]
    public void A_constraint_that_is_added_to_a_filled_column_is_proved_and_gives_no_rows()
    {
        Shell.Sql(Database, "CREATE TABLE sales(id INTEGER PRIMARY KEY, item TEXT); INSERT INTO sales(item) VALUES ('tea'), ('milk');");
        UpgradeResult result = Upgrade($"""
            ALTER TABLE sales ADD COLUMN tenant_id TEXT;
            UPDATE sales SET tenant_id = '{Tenant}';
            ALTER TABLE sales ALTER COLUMN tenant_id SET NOT NULL;
            ALTER TABLE sales ADD CONSTRAINT has_tenant CHECK (tenant_id <> '');
            CREATE INDEX sales_tenant ON sales(tenant_id);
            UPDATE sales SET item = item WHERE 0 RETURNING id;
            """);

        (result.Status, result.Error?.Message).ShouldBe((UpgradeStatus.Succeeded, null));
        result.Migration!.ScriptOutput.Select(o => (o.Line, o.RowCount)).ShouldBe([(6, 0)]);
        Shell.Run("sqlite3", "INSERT INTO sales(item) VALUES ('cake');", "-batch", "-bail", Database)
            .Error.ShouldContain("NOT NULL constraint failed");
    }

    [Fact]
    public void A_database_in_UTF_16_gives_its_text_whole()
    {
        CreateSampleStore("PRAGMA encoding = 'UTF-16le';");
        IReadOnlyList<string?> row = Upgrade(HandMade() + "\nSELECT 'ü€😀', 7, replace(hex(zeroblob(5000)), '00', '€');")
            .Migration!.ScriptOutput.Single()
            .Rows[0];
        row.Take(2).ShouldBe(["ü€😀", "7"]);
        row[2].ShouldBe(new string('€', 1365) + "… (15000 bytes)");
    }

    [Theory]
    [InlineData("SELECT 1;\n\nSELEC 2;", "Line 3 of the script '008_add_tenant_id.sql'", "syntax error")]
    [InlineData("SELECT 1;\nALTER TABLE users ADD COLUMN username;", "Line 2", "duplicate column name")]
    [InlineData("SELECT 1;\n\n\nSELECT * FROM nowhere;", "Line 4", "no such table: nowhere")]
    [InlineData(
        "SELECT 1;\nINSERT OR ROLLBACK INTO stores SELECT * FROM stores;\nDELETE FROM users;",
        "Line 2",
        "UNIQUE constraint failed",
        "the transaction ended"
    )]
    [InlineData(
        "CREATE TRIGGER t BEFORE DELETE ON users BEGIN SELECT RAISE(ROLLBACK, 'never; here'); END;\nDELETE FROM users;\nDELETE FROM " +
        "stores;",
        "Line 2",
        "never; here",
        "the transaction ended"
    )]
    [InlineData("CREATE TABLE x(a;\nSELECT 1;", "Line 1", "incomplete input")]
    public void A_statement_that_fails_is_named_with_its_line_and_everything_is_taken_back(string script, params string[] said)
    {
        CreateSampleStore();
        ShouldRollBack(script, said);
    }

    [Theory]
    [InlineData("DELETE FROM vehicle_fitment WHERE rowid = 3;", "RowCountsMatch")]
    [InlineData("UPDATE products SET tenant_id = 'other' WHERE rowid = 2;", "TenantDistribution")]
    [InlineData("DROP INDEX idx_users_tenant_id;", "TenantIndexesExist")]
    [InlineData("PRAGMA foreign_keys = ON; UPDATE vehicle_fitment SET product_id = 'nobody' WHERE rowid = 1;", "ForeignKeysIntact")]
    public void What_a_script_leaves_is_judged_by_the_checks(string last, string check)
    {
        CreateSampleStore();
        ShouldRollBack(HandMade() + last, check + ":").ScriptOutput.ShouldBeEmpty();
    }

    [Fact]
    public void A_script_for_another_tenant_is_found_out_in_the_rehearsal()
    {
        CreateSampleStore();
        string before = Sha256(Database);
        UpgradeResult result = Upgrade(HandMade("somebody-else"));
        (result.Status, result.Error?.ErrorId).ShouldBe((UpgradeStatus.Refused, ErrorIds.RehearsalFailed));
        result.Error!.Message.ShouldContain("TenantDistribution");
        Sha256(Database).ShouldBe(before);
        ShouldRollBack(HandMade("somebody-else"), "TenantDistribution");
    }

    [Fact]
    public void A_script_may_cure_what_blocks_our_own_plan()
    {
        Shell.Sql(Database, "CREATE TABLE t(x, tenant_id TEXT AS (x)); INSERT INTO t(x) VALUES (1), (2)");
        TenantPlan.Read(Database, new MigrationOptions(Tenant)).Blocked.ShouldHaveSingleItem();

        ShouldRollBack("UPDATE t SET x = 'caps-automotive'; CREATE INDEX i ON t(tenant_id);", "TablesHaveTenantColumn");
        UpgradeResult result = Upgrade("""
            CREATE TABLE new_t(x, tenant_id TEXT NOT NULL DEFAULT 'caps-automotive');
            INSERT INTO new_t(x) SELECT x FROM t;
            DROP TABLE t;
            ALTER TABLE new_t RENAME TO t;
            CREATE INDEX i ON t(tenant_id);
            """);

        result.Error.ShouldBeNull();
        result.Migration!.Tables.Single().IndexName.ShouldBe("i");
        Shell.Sql(Database, "SELECT x, tenant_id FROM t").ShouldBe($"1|{Tenant}\n2|{Tenant}");
    }

    [Fact]
    public void A_table_that_cannot_be_read_stays_blocked()
    {
        Shell.Sql(Database, """
            CREATE TABLE sales(id);
            CREATE TABLE tags(tag TEXT PRIMARY KEY COLLATE nocase) WITHOUT ROWID;
            PRAGMA writable_schema = 1;
            UPDATE sqlite_schema SET sql = replace(sql, 'nocase', 'unicase');
            """);
        Upgrade("SELECT 1;").Error?.ErrorId.ShouldBe(ErrorIds.PlanBlocked);
    }

    [Fact]
    public void Where_SQLite_sees_two_statements_in_one_nothing_is_run()
    {
        CreateSampleStore();
        using ExclusiveDatabase database = ExclusiveDatabase.Open(Database, NoRemains, TimeSpan.Zero, CancellationToken.None);
        Should
            .Throw<PosTenancyException>(() => database.Connection.Execute("DELETE FROM users; /* and */ COMMIT"))
            .Message.ShouldContain("COMMIT");
        database.Connection.Scalar("SELECT count(*) FROM users").ShouldBe(3);
        database.Connection.Scalar("SELECT 7; -- nothing more\n;").ShouldBe(7);
    }

    [Fact]
    public void What_a_script_has_of_the_shell_the_checks_do_not_have()
    {
        CreateSampleStore();
        MigrationScript script = Options("SELECT 1").Script!;
        using ExclusiveDatabase database = ExclusiveDatabase.Open(Database, NoRemains, TimeSpan.Zero, CancellationToken.None);
        DatabaseConnection connection = database.Connection;
        connection.Execute("BEGIN");
        ScriptRun run = new(connection, Database, script);
        run.Run(() =>
        {
            run.Execute(new PlannedStatement("SELECT \"no column\", ?1", "line 1") { Line = 1 });
            run.Execute(new PlannedStatement("PRAGMA legacy_alter_table = ON", "line 2") { Line = 2 });
            connection.Scalar("PRAGMA legacy_alter_table").ShouldBe(1);
        });
        Should
            .Throw<PosTenancyException>(() => run.Execute(new PlannedStatement("COMMIT", "line 3") { Line = 3 }))
            .Message.ShouldContain("ended the transaction");
        run.Output.Single().Rows.ShouldHaveSingleItem().ShouldBe(["no column", null]);
        connection.Scalar("PRAGMA legacy_alter_table").ShouldBe(0);
        connection.Compiler.Error("SELECT \"no column\"").ShouldNotBeNull().ShouldContain("no such column");
        connection.Scalar("PRAGMA foreign_keys").ShouldBe(0);
    }

    [Fact]
    public void A_script_that_does_nothing_is_not_taken_for_a_migration()
    {
        CreateSampleStore();
        ShouldRollBack("SELECT 1;", "TablesHaveTenantColumn").ScriptOutput.Single().Rows[0].ShouldBe(["1"]);
    }

    [Fact]
    public void A_preview_names_the_statements_and_leaves_every_byte()
    {
        CreateSampleStore("PRAGMA journal_mode = WAL;");
        MigrationOptions options = Options("BEGIN;\n" + HandMade() + "\nCOMMIT;");
        string before = Snapshot();

        MigrationPlan plan = GuardedUpgrade.Preview(Database, new UpgradeOptions(options));

        plan.Statements.Select(s => s.Subject).ShouldBe(Enumerable.Range(2, 64).Select(line => $"line {line}"));
        options.Script!.Statements.Where(s => s.Skipped is not null).Select(s => s.Line).ShouldBe([1, 66]);
        Snapshot().ShouldBe(before);
    }

    [Fact]
    public void Ctrl_C_interrupts_a_statement_of_a_script()
    {
        CreateSampleStore();
        string before = Sha256(Database);
        using CancellationTokenSource stop = new();
        Observer stopper = new(report =>
        {
            if (report is { Stage: Stage.Migration, Item: "line 2" })
            {
                stop.CancelAfter(200);
            }
        });

        Should.Throw<OperationCanceledException>(() =>
            TenantMigration.Migrate(
                Database,
                Options("SELECT 1;\nWITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n WHERE i < 0;"),
                progress: stopper,
                cancellation: stop.Token));

        Sha256(Database).ShouldBe(before);
    }

    [Fact]
    public void A_long_script_runs_with_one_statement_after_the_other()
    {
        CreateSampleStore();
        StringBuilder script = new(HandMade());
        for (int i = 0; i < 20_000; i++)
        {
            script.Append("\nUPDATE stores SET name = name || '' WHERE rowid = ").Append(i).Append(';');
        }

        UpgradeResult result = Upgrade(script.ToString(), skipRehearsal: true);
        result.Error.ShouldBeNull();
        result.Plan!.Statements.Count().ShouldBe(20_064);
    }
}
