using PosTenancy.Engine.Tenants;

namespace PosTenancy.Tests.Tenants;

/// <summary>Triggers and foreign keys that count on the DEFAULT: found, tried on a copy, and not broken without being asked.</summary>
public sealed class CompletionTriggerTests : CompletionFolder
{
    private const string Failed = "NOT NULL constraint failed: log.tenant_id";
    private const string NotTried = "its INSERT into log has no tenant_id";

    private const string Tables = $"""
        CREATE TABLE log(id INTEGER PRIMARY KEY, note TEXT, {Column});
        CREATE TABLE t(a INTEGER, b TEXT, {Column});
        CREATE TABLE w(k TEXT, n INTEGER, b TEXT, {Column}, PRIMARY KEY(k, n)) WITHOUT ROWID;
        CREATE TABLE e(a, {Column});
        CREATE TABLE plain(id INTEGER PRIMARY KEY, note TEXT);
        CREATE VIEW v(a, b) AS SELECT a, b FROM t;
        INSERT INTO t(a, b) VALUES(1, 'x'), (2, NULL);
        INSERT INTO w(k, n, b) VALUES('k', 1, 'x');

        """;

    [Theory]
    [InlineData("AFTER INSERT ON t", "", true)]
    [InlineData("BEFORE INSERT ON t", "", true)]
    [InlineData("AFTER UPDATE ON t", "", true)]
    [InlineData("AFTER UPDATE OF b ON t", "", true)]
    [InlineData("BEFORE DELETE ON t", "", true)]
    [InlineData("AFTER INSERT ON w", "", true)]
    [InlineData("AFTER UPDATE OF n ON w", "", true)]
    [InlineData("AFTER DELETE ON w", "", true)]
    [InlineData("INSTEAD OF INSERT ON v", "", true)]
    [InlineData("INSTEAD OF UPDATE OF b ON v", "", true)]
    [InlineData("INSTEAD OF DELETE ON v", "", true)]
    [InlineData("AFTER UPDATE ON t", "WHEN NEW.b IS NULL", true)]
    [InlineData("AFTER UPDATE ON t", "WHEN NEW.b <> OLD.b", false)]
    [InlineData("AFTER INSERT ON e", "", false)]
    [InlineData("AFTER INSERT ON t", "WHEN NEW.b = \"x\"", true)]
    public void Trigger_of_each_kind_is_found_and_tried(string on, string when, bool isTried)
    {
        Sql($"{Tables}CREATE TRIGGER logs {on} FOR EACH ROW {when} BEGIN INSERT INTO log(note) VALUES('changed'); END;");
        CompletionResult refused = CompleteRefused(ErrorIds.StatementsNeedTenant);
        string table = on.Split(' ')[^1];
        refused.Affected.ShouldBe([new AffectedStatement("trigger logs", table, "log", isTried ? Failed : NotTried, isTried)]);
        refused.Error!.Message.ShouldContain($"trigger logs on {table}: {(isTried ? Failed : NotTried + " (not tried)")}");
        refused.Backup.ShouldBeNull();

        CompletionResult forced = CompleteGood(new TenantCompletionOptions { Force = true });
        forced.Affected.ShouldBe(refused.Affected);
        forced.Warnings.ShouldContain(w =>
            w.StartsWith("These count on the DEFAULT, and fail without it: trigger logs", StringComparison.Ordinal));
    }

    [Fact]
    public void Trigger_that_names_the_tenant_is_not_affected()
    {
        Sql(Tables + """
            CREATE TRIGGER logs AFTER INSERT ON t BEGIN INSERT INTO log(note, tenant_id) VALUES('new', NEW.tenant_id); END;
            CREATE TRIGGER "all" AFTER INSERT ON t BEGIN INSERT INTO log SELECT NULL, 'new', NEW."tenant_id"; END;
            CREATE TRIGGER other AFTER INSERT ON t BEGIN
                INSERT INTO plain(note) VALUES('new'); UPDATE log SET note = 'x'; DELETE FROM e;
            END;
            """);
        CompleteGood().Affected.ShouldBeEmpty();
    }

    [Fact]
    public void Failure_is_told_of_the_trigger_that_fails_and_of_no_other_on_the_same_event()
    {
        Sql(Tables + """
            CREATE TRIGGER good AFTER INSERT ON t BEGIN INSERT OR REPLACE INTO log(note, tenant_id) VALUES('a', NEW.tenant_id); END;
            CREATE TRIGGER bad AFTER INSERT ON t BEGIN INSERT INTO log(note) VALUES('b'); END;
            CREATE TRIGGER stops BEFORE INSERT ON t BEGIN SELECT RAISE(ABORT, 'closed'); END;
            """);
        CompleteRefused(ErrorIds.StatementsNeedTenant).Affected
            .ShouldBe([new AffectedStatement("trigger bad", "t", "log", Failed, IsTried: true)]);
    }

    [Fact]
    public void Insert_that_would_be_left_out_without_an_error_is_told_from_the_text()
    {
        Sql(Tables + "CREATE TRIGGER logs AFTER INSERT ON t BEGIN INSERT OR IGNORE INTO log(note) VALUES('b'); END;");
        AffectedStatement affected = CompleteRefused(ErrorIds.StatementsNeedTenant).Affected.Single();
        affected.IsTried.ShouldBeFalse();
        affected.Message.ShouldBe("its INSERT OR IGNORE into log has no tenant_id, and would leave the row out without an error");
    }

    [Fact]
    public void Null_that_is_replaced_with_the_default_today_is_found_by_trying()
    {
        Sql(Tables + """
            CREATE TRIGGER logs AFTER INSERT ON t BEGIN INSERT OR REPLACE INTO log(note, tenant_id) VALUES('b', NULL); END;
            CREATE TRIGGER fails AFTER INSERT ON t BEGIN INSERT INTO log(note, tenant_id) VALUES('b', NULL); END;
            """);
        CompleteRefused(ErrorIds.StatementsNeedTenant).Affected
            .ShouldBe([new AffectedStatement("trigger logs", "t", "log", Failed, IsTried: true)]);
    }

    [Fact]
    public void Trigger_that_fails_already_is_not_affected()
    {
        Sql(Tables + """
            CREATE TRIGGER broken AFTER INSERT ON t BEGIN
                INSERT INTO log(note, tenant_id) VALUES('a', NULL);
                INSERT OR REPLACE INTO log(note, tenant_id) VALUES('b', NULL);
            END;
            """);
        CompleteGood().Affected.ShouldBeEmpty();
    }

    [Fact]
    public void Null_that_the_column_itself_replaces_today_is_found_by_trying()
    {
        Sql("""
            CREATE TABLE log(note TEXT, tenant_id TEXT NOT NULL ON CONFLICT REPLACE DEFAULT 'south');
            CREATE TABLE t(a, tenant_id TEXT NOT NULL DEFAULT 'south');
            INSERT INTO t(a) VALUES(1);
            CREATE TRIGGER replaces AFTER INSERT ON t BEGIN INSERT INTO log(note, tenant_id) VALUES('b', NULL); END;
            """);
        CompleteRefused(ErrorIds.StatementsNeedTenant).Affected.Select(a => a.ToString())
            .ShouldBe([$"trigger replaces on t: {Failed}"]);
    }

    [Fact]
    public void Each_table_that_a_trigger_writes_to_is_told()
    {
        Sql(Tables + """
            CREATE TRIGGER logs AFTER INSERT ON t BEGIN
                INSERT INTO log(note) SELECT 'begin;' || NEW.a; REPLACE INTO e(a) VALUES(1); INSERT INTO log(note) VALUES('end'); END;
            """);
        CompleteRefused(ErrorIds.StatementsNeedTenant).Affected.Select(a => (a.Table, a.IsTried)).ShouldBe([("log", true), ("e", false)]);
    }

    [Fact]
    public void Trigger_that_needs_the_application_is_told_from_its_text()
    {
        Sql(Tables + "CREATE TRIGGER logs AFTER INSERT ON t BEGIN INSERT INTO log(note) VALUES(app_function(NEW.a)); END;");
        CompleteRefused(ErrorIds.StatementsNeedTenant).Affected
            .ShouldBe([new AffectedStatement("trigger logs", "t", "log", NotTried, IsTried: false)]);
    }

    [Fact]
    public void Foreign_key_that_sets_the_default_is_told()
    {
        Sql("""
            CREATE TABLE tenants(id TEXT PRIMARY KEY);
            CREATE TABLE t(a, tenant_id TEXT NOT NULL DEFAULT 'south' REFERENCES tenants ON DELETE SET DEFAULT ON UPDATE CASCADE);
            INSERT INTO tenants VALUES('south');
            INSERT INTO t(a) VALUES(1);
            """);
        CompleteRefused(ErrorIds.StatementsNeedTenant).Affected.Single().ToString()
            .ShouldBe("foreign key to tenants on t: its ON DELETE SET DEFAULT would set tenant_id to NULL (not tried)");
    }

    [Theory]
    [InlineData("")]
    [InlineData("PRAGMA page_size = 512; PRAGMA encoding = 'UTF-16be';")]
    [InlineData("PRAGMA page_size = 65536; PRAGMA auto_vacuum = FULL;")]
    [InlineData("PRAGMA journal_mode = WAL;\n.dbconfig no_ckpt_on_close on")]
    public void Database_of_each_kind_is_copied_for_the_trial_and_left_alone(string settings)
    {
        Sql($"{settings}\n{Tables}CREATE TRIGGER logs AFTER UPDATE ON t BEGIN INSERT INTO log(note) VALUES('b'); END;");
        string before = Snapshot();
        PosTenancyException refused = Should.Throw<PosTenancyException>(() => Preview());
        refused.Message.ShouldContain($"trigger logs on t: {Failed}");
        Snapshot().ShouldBe(before);
        Preview(new TenantCompletionOptions { Force = true }).ShouldContain(
            $"Let fail what counts on the DEFAULT: trigger logs on t: {Failed}");
        Snapshot().ShouldBe(before);
        CompleteGood(new TenantCompletionOptions { Force = true });
    }

    [Fact]
    public void Trigger_of_the_sample_store_is_found()
    {
        CreateSampleStore();
        Migrate();
        CompletionResult refused = CompleteRefused(ErrorIds.StatementsNeedTenant);
        refused.Affected.Single().ToString()
            .ShouldBe("trigger trg_users_audit on users: NOT NULL constraint failed: audit_log.tenant_id");
        CompleteGood(new TenantCompletionOptions { Force = true });
        Insert("UPDATE users SET role = 'admin'").ShouldContain("NOT NULL constraint failed: audit_log.tenant_id");
    }
}
