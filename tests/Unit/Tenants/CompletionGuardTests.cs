using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Recovery;
using PosTenancy.Engine.Tenants;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Tenants;

/// <summary>What guards the end of the DEFAULT: its checks, a way back, and what the next command makes of a run that was killed.</summary>
public sealed class CompletionGuardTests : CompletionFolder
{
    private const string Comparing = "Comparing the committed file with the rehearsed copy";

    private readonly List<string> _notices = [];

    /// <summary>The value of a stored computed column is not what its expression gives: rewriting the row changes it.</summary>
    private const string StaleColumn = """
        CREATE TABLE t(id INTEGER PRIMARY KEY, a, g AS (a || 'x') STORED);
        INSERT INTO t(id, a) VALUES(1, 'v'), (2, 'w');
        ALTER TABLE t ADD COLUMN tenant_id TEXT NOT NULL DEFAULT 'south';
        .dbconfig defensive off
        PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = replace(sql, '''x''', '''y''') WHERE name = 't';
        """;

    [Fact]
    public void Row_that_would_read_otherwise_stops_the_rehearsal_and_nothing_is_written_to_the_database()
    {
        Sql(StaleColumn);
        string before = Sha256(Database);
        CompletionResult result = Complete();
        result.Status.ShouldBe(TenantChangeStatus.Refused);
        result.Error!.ErrorId.ShouldBe(ErrorIds.RehearsalFailed);
        result.Error.Message.ShouldContain("TenantRowsUnchanged");
        result.Checks.Single(c => c.Status == CheckStatus.Failed).Detail.ShouldBe("t: 2 rows, 2 before, and their values differ");
        Sha256(Database).ShouldBe(before);
    }

    [Fact]
    public void Row_that_would_read_otherwise_is_rolled_back_where_there_was_no_rehearsal()
    {
        Sql(StaleColumn);
        string before = Sha256(Database);
        CompletionResult result = Complete(new TenantCompletionOptions { SkipRehearsal = true });
        result.Status.ShouldBe(TenantChangeStatus.RolledBack);
        result.Error!.ErrorId.ShouldBe(ErrorIds.ChangeRolledBack);
        result.Error.Message.ShouldContain("The completion of");
        Sha256(Database).ShouldBe(before);
    }

    [Fact]
    public void Row_of_another_tenant_that_changes_meanwhile_is_seen_and_the_backup_restored()
    {
        Create();
        string before = ReadAll();
        bool isDone = false;
        CompletionResult result = Complete(
            new TenantCompletionOptions { SkipRehearsal = true },
            report =>
            {
                if (report.Activity == "Comparing pages" && !isDone)
                {
                    isDone = true;
                    AnotherProgram.Writes(Database, Find("north-marker"), "N");
                }
            });
        isDone.ShouldBeTrue();
        result.Status.ShouldBe(TenantChangeStatus.RolledBack);
        result.Error!.Message.ShouldContain("OtherTenantsUnchanged");
        ReadAll().ShouldBe(before);
        Statement("t").ShouldContain("DEFAULT");
    }

    [Fact]
    public void Completion_without_a_rehearsal_is_proved_by_its_checks()
    {
        Create();
        CompletionResult result = CompleteGood(new TenantCompletionOptions { SkipRehearsal = true });
        result.ProvedBy.ShouldBe(ProvedBy.Checks);
        result.Rehearsal.ShouldBeNull();
        result.Checks.Select(c => c.Name).ShouldBe(
            ["TenantRequired", "TenantStored", "TenantRowsUnchanged", "OtherTenantsUnchanged", "SchemaUnchanged", "FileIntegrity"]);
    }

    [Theory]
    [InlineData(Stage.Plan)]
    [InlineData(Stage.Backup)]
    [InlineData(Stage.Rehearsal)]
    [InlineData(Stage.Migration)]
    [InlineData(Stage.Verification)]
    public void Cancelled_completion_leaves_the_database_as_it_was(Stage stage)
    {
        Create();
        string before = ReadAll();
        using CancellationTokenSource cancellation = new();
        CompletionResult result = new TenantCompletion(Database, new TenantCompletionOptions()).Run(
            new Observer(report =>
            {
                if (report.Stage == stage)
                {
                    cancellation.Cancel();
                }
            }),
            cancellation.Token);

        result.Status.ShouldBe(TenantChangeStatus.Cancelled, result.Error?.Message);
        ReadAll().ShouldBe(before);
        Statement("t").ShouldContain("DEFAULT");
        CompleteGood();
        Directory.GetFiles(Folder, "*.backup-*.json").Length.ShouldBe(1);
        Directory.GetFiles(Folder, "*postenancy-journal*").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Copying under the lock", false)]
    [InlineData("Copying the backup", false)]
    [InlineData("Storing the tenant in the rows of t", false)]
    [InlineData("Committing", false)]
    [InlineData(Comparing, true)]
    public void Completion_that_was_killed_is_settled_by_the_next_one(string activity, bool isCommitted)
    {
        Create();
        string before = ReadAll();
        Kill(activity);
        Statement("t").Contains("DEFAULT", StringComparison.Ordinal).ShouldBe(!isCommitted);

        CompletionResult again = Complete(null, Notice);

        again.Status.ShouldBe(TenantChangeStatus.Succeeded, again.Error?.Message);
        (again.Backup is null).ShouldBe(isCommitted);
        _notices.ShouldContain(n => n.Contains("A completion that began on", StringComparison.Ordinal));
        (again.Recovery?.Contains("It was verified now, and is complete", StringComparison.Ordinal) == true).ShouldBe(isCommitted);
        ReadAll().ShouldBe(before);
        Statement("t").ShouldNotContain("DEFAULT", Case.Sensitive);
        Directory.GetFiles(Folder, "*postenancy-journal*").ShouldBeEmpty();
    }

    [Fact]
    public void Completion_that_was_killed_after_its_commit_is_settled_by_an_import()
    {
        Create();
        Kill(Comparing);
        string source = Path.Combine(Folder, "store.db");
        Shell.Sql(source, "CREATE TABLE t(id INTEGER PRIMARY KEY, b); INSERT INTO t VALUES(1, 'new')");
        TenantImportResult import = TenantImport.Run(
            Database, [new TenantSource(source, "east")], new TenantImportOptions(), new Observer(Notice))[0];
        import.Status.ShouldBe(TenantChangeStatus.Succeeded, import.Error?.Message);
        import.Recovery.ShouldNotBeNull().ShouldContain("It was verified now, and is complete");
        Sql("SELECT count(*) FROM t GROUP BY tenant_id ORDER BY tenant_id").ShouldBe("1\n1\n500");
    }

    [Fact]
    public void Upgrade_leaves_a_committed_completion_to_the_commands_that_can_settle_it()
    {
        Create();
        Kill(Comparing);
        string before = Sha256(Database);
        UpgradeResult upgrade = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions("south")));
        upgrade.Error!.ErrorId.ShouldBe(ErrorIds.UpgradeInterrupted);
        upgrade.Error.Message.ShouldContain("Run Complete-PosTenantMigration again");
        Sha256(Database).ShouldBe(before);
    }

    [Theory]
    [InlineData("UPDATE t SET b = 'changed' WHERE tenant_id = 'north'", "OtherTenantsUnchanged")]
    [InlineData("UPDATE t SET b = 'changed' WHERE id = 1", "TenantRowsUnchanged")]
    [InlineData("DROP INDEX i", "SchemaUnchanged")]
    public void Completion_that_was_killed_after_its_commit_and_is_wrong_is_not_called_verified(string sql, string check)
    {
        Create();
        Kill(Comparing);
        _ = Sql(sql);
        CompletionResult again = Complete();
        again.Status.ShouldBe(TenantChangeStatus.Refused);
        again.Error!.ErrorId.ShouldBe(ErrorIds.UpgradeInterrupted);
        again.Error.Message.ShouldContain(check);
    }

    [Fact]
    public void Schema_edited_by_hand_is_told_from_a_completion_by_its_older_rows()
    {
        Create();
        Kill(Comparing);

        // What an edit of the schema alone would have left: the backup's pages with the new statement.
        string backup = Directory.GetFiles(Folder, "pos.db.backup-*").Single(f => !f.EndsWith(".json", StringComparison.Ordinal));
        string statement = Statement("t").Replace("'", "''", StringComparison.Ordinal);
        string history = Sql(".mode quote\nSELECT * FROM _postenancy_history;");
        string table = Statement("_postenancy_history");
        File.Copy(backup, Database, overwrite: true);
        Sql($"""
            .dbconfig defensive off
            {table};
            INSERT INTO _postenancy_history VALUES({history});
            PRAGMA writable_schema = ON;
            UPDATE sqlite_schema SET sql = '{statement}' WHERE name = 't';
            """);
        CompletionResult again = Complete();
        again.Error!.ErrorId.ShouldBe(ErrorIds.UpgradeInterrupted);
        again.Error.Message.ShouldContain("TenantStored");
        again.Error.Message.ShouldContain("t: 500");
    }

    [Fact]
    public void Backup_of_a_completion_brings_the_default_back()
    {
        Create();
        string before = Sha256(Database);
        CompletionResult result = CompleteGood();
        DatabaseRestore.Restore(Database, result.Backup!.BackupPath);
        Sha256(Database).ShouldBe(before);
        CompleteGood();
    }

    private void Create() => Sql($"""
        CREATE TABLE t(id INTEGER PRIMARY KEY, b);
        CREATE INDEX i ON t(b);
        WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 500) INSERT INTO t SELECT i, 'row ' || i FROM n;
        ALTER TABLE t ADD COLUMN {Column};
        CREATE INDEX idx_t_tenant_id ON t(tenant_id);
        INSERT INTO t VALUES(1000, 'north-marker', 'north');
        """);

    private void Kill(string activity) => KilledRun.Leave(
        Folder, activity, observer => new TenantCompletion(Database, new TenantCompletionOptions()).Run(observer));

    private void Notice(StageProgress report)
    {
        if (report.Notice is { } notice)
        {
            _notices.Add(notice);
        }
    }

    /// <summary>The place of a text in the table, not in its index.</summary>
    private long Find(string text)
    {
        int place = Bytes(Database).AsSpan().LastIndexOf(System.Text.Encoding.ASCII.GetBytes(text));
        place.ShouldBeGreaterThan(0);
        return place;
    }
}
