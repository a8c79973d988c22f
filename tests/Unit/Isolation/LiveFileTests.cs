using PosTenancy.Engine.Isolation;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Isolation;

/// <summary>The live file and its folder never change.</summary>
public sealed class LiveFileTests : IsolationFolder
{
    private const string Store = """
        CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, tenant_id TEXT NOT NULL DEFAULT 'caps-automotive');
        INSERT INTO t(a) VALUES ('x'), ('y');

        """;

    [Theory]
    [InlineData("")]
    [InlineData("PRAGMA journal_mode = WAL;")]
    [InlineData("PRAGMA page_size = 512; PRAGMA auto_vacuum = INCREMENTAL;")]
    [InlineData("PRAGMA encoding = 'UTF-16be';")]
    public void Nothing_is_changed_and_nothing_stays(string prologue)
    {
        Shell.Sql(Database, prologue + Store);
        string before = Snapshot();
        IReadOnlyList<IsolationResult> results = Test();
        results.ShouldAllBe(r => r.Status == CheckStatus.Passed, NotPassed(results));
        Snapshot().ShouldBe(before);
    }

    [Fact]
    public void Log_that_a_crash_left_is_read_and_left_as_it_is()
    {
        Shell.Sql(Database, "PRAGMA journal_mode = WAL;" + Store);
        using (OtherProcess application = new(Database, "PRAGMA wal_autocheckpoint = 0; INSERT INTO t(a) VALUES ('only in the log');"))
        {
            File.Copy(Database + "-wal", Database + ".kept");
            application.Kill();
        }

        File.Delete(Database + "-shm");
        File.Exists(Database + "-wal").ShouldBeTrue();
        string before = Snapshot();
        Find(Test(), "t", IsolationOperation.Select).Expected.ShouldBe(3);
        Snapshot().ShouldBe(before);
    }

    [Theory]
    [InlineData("DELETE")]
    [InlineData("WAL")]
    public void Store_may_be_open_and_its_bytes_stay(string mode)
    {
        Shell.Sql(Database, $"PRAGMA journal_mode = {mode};" + Store);
        using OtherProcess application = new(Database, "INSERT INTO t(a) VALUES ('just sold'); SELECT count(*) FROM t;");
        string[] files = [Database, .. new[] { Database + "-wal" }.Where(File.Exists)];
        string before = string.Join(' ', files.Select(Sha256));

        Find(Test(), "t", IsolationOperation.Select).Expected.ShouldBe(3);

        string.Join(' ', files.Select(Sha256)).ShouldBe(before);
        application.Run("INSERT INTO t(a) VALUES ('and goes on');");
        Shell.Sql(Database, "SELECT count(*), count(DISTINCT tenant_id) FROM t").ShouldBe("4|1");
        Directory.GetDirectories(Folder).ShouldBeEmpty();
    }

    [Fact]
    public void Stop_removes_the_copy()
    {
        CreateSampleStore();
        Engine.Migration.TenantMigration.Migrate(Database, new MigrationOptions(Tenant));
        string before = Snapshot();
        foreach (
            string moment in new[]
            {
                "Copying the database",
                "Indexing foreign keys on the copy",
                "Inserting a row of the canary tenant",
                "Updating rows of 'caps-automotive'",
                "Deleting rows of 'caps-automotive'",
                "Reading as each tenant",
            })
        {
            using CancellationTokenSource stop = new();
            bool wasThere = false;
            Should.Throw<OperationCanceledException>(
                () => TenantIsolation.Test(
                    Database,
                    new TenantExpectation(Tenant, "tenant_id", []),
                    destination: null,
                    new Observer(report =>
                    {
                        if (report.Activity == moment)
                        {
                            wasThere = Directory.GetDirectories(Folder, "pos.db.isolation.*.copy").Length == 1;
                            stop.Cancel();
                        }
                    }),
                    cancellation: stop.Token),
                moment);
            wasThere.ShouldBeTrue(moment);
            Snapshot().ShouldBe(before, moment);
        }
    }

    [Fact]
    public void Copy_goes_where_it_is_told_and_only_its_owner_can_look_into_it()
    {
        Shell.Sql(Database, Store);
        string elsewhere = Directory.CreateDirectory(Path.Combine(Folder, "elsewhere")).FullName;
        List<string> seen = [];
        _ = TenantIsolation.Test(
            Database,
            new TenantExpectation(Tenant, "tenant_id", []),
            elsewhere,
            new Observer(_ =>
                seen.AddRange(
                    Directory
                        .GetDirectories(elsewhere)
                        .Select(d =>
                            $"{Path.GetFileName(d)} {(OperatingSystem.IsWindows() ? "" : File.GetUnixFileMode(d) & (UnixFileMode)0x3f)}")))
        );
        seen.Distinct()
            .ShouldHaveSingleItem()
            .ShouldMatch(@"^pos\.db\.isolation\.[0-9a-f]{16}\.copy " + (OperatingSystem.IsWindows() ? "$" : "None$"));
        Directory.EnumerateFileSystemEntries(elsewhere).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("CREATE TABLE t(id INTEGER PRIMARY KEY)", Tenant, ErrorIds.NotMigrated)]
    [InlineData(Store, "", ErrorIds.InvalidTenantId)]
    public void What_cannot_be_tested_is_an_error_and_leaves_nothing(string sql, string tenant, string errorId)
    {
        Shell.Sql(Database, sql);
        string before = Snapshot();
        Should.Throw<PosTenancyException>(() => Test(tenant: tenant)).ErrorId.ShouldBe(errorId);
        Snapshot().ShouldBe(before);
    }

    [Fact]
    public void Tenant_that_nobody_knows_is_warned_of()
    {
        Shell.Sql(Database, Store);
        TenantIsolation.Test(Database, new TenantExpectation(Tenant, "tenant_id", [])).Warning.ShouldBeNull();
        string warning = TenantIsolation.Test(Database, new TenantExpectation("caps-automotiv", "tenant_id", [])).Warning.ShouldNotBeNull();
        warning.ShouldContain("'caps-automotiv'");
        warning.ShouldContain("'caps-automotive'");
    }

    [Fact]
    public void Excluded_tables_and_other_column_names_are_honoured()
    {
        Shell.Sql(Database, """
            CREATE TABLE t(id INTEGER PRIMARY KEY, shop TEXT NOT NULL DEFAULT 'caps-automotive');
            CREATE TABLE rates(id INTEGER PRIMARY KEY);
            CREATE TABLE _postenancy_history(id INTEGER PRIMARY KEY);
            """);
        IReadOnlyList<IsolationResult> results = TenantIsolation.Test(Database, new TenantExpectation(Tenant, "shop", ["rate?"])).Results;
        results.Select(r => r.Table).Distinct().ShouldBe(["t", "rates"]);
        results.Where(r => r.Table == "t").ShouldAllBe(r => r.Status == CheckStatus.Passed, NotPassed(results));
        Find(results, "rates", IsolationOperation.Select).Status.ShouldBe(CheckStatus.NotChecked);
    }
}
