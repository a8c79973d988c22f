using System.Diagnostics;
using System.Net;
using PosTenancy.Postgres;
using PosTenancy.Tests.Postgres.Support;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Postgres;

/// <summary>Whatever ends an export from PostgreSQL leaves no file.</summary>
public sealed class ExportBackInterruptionTests : ExportBackTest
{
    [Theory]
    [InlineData("Reading rows from PostgreSQL")]
    [InlineData("Proving the rows")]
    [InlineData("Writing rows")]
    [InlineData("Comparing rows with the database")]
    [InlineData("Reading the export back")]
    public void Cancelled_export_leaves_nothing(string moment)
    {
        CreateSampleTenant();
        _ = Copy();
        using CancellationTokenSource stop = new();
        CommandCancelledException exception = Should.Throw<CommandCancelledException>(() =>
            TargetExport.Create(Back(), new At(moment, stop.Cancel), stop.Token));
        exception.Message.ShouldBe(
            $"The export from PostgreSQL at 127.0.0.1:{Port}/{Target} as postgres was cancelled, and no file was left behind.");
        RequireOnly();
        RequireOnly(Export());
    }

    [Theory]
    [InlineData("Reading rows from PostgreSQL")]
    [InlineData("Proving the rows")]
    public void Lost_connection_leaves_nothing(string moment)
    {
        CreateSampleTenant();
        _ = Copy();
        Should.Throw<PosTenancyException>(() => TargetExport.Create(Back(), new At(moment, () => Psql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity " +
            "WHERE application_name = 'PosTenancy' AND datname = current_database()")))).ErrorId.ShouldBe(ErrorIds.TargetError);
        RequireOnly();
        RequireOnly(Export());
    }

    [Fact]
    public void Wait_for_a_lock_is_cancelled_at_once()
    {
        CreateSampleTenant();
        _ = Copy();
        Task? lockHolder = null;
        RequireStopped(Back(), () =>
        {
            lockHolder = Task.Run(() => Psql("BEGIN; LOCK TABLE stores; SELECT pg_sleep(8)"));
            Thread.Sleep(500);
        });
        _ = Psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(8)' AND pid <> pg_backend_pid()");
        _ = Should.Throw<Exception>(() => lockHolder!.GetAwaiter().GetResult());
    }

    [Fact]
    public void Slow_read_is_cancelled_at_once() => RequireStopped(CopySlowly(), () => { });

    [Fact]
    public void Connection_that_is_lost_within_a_table_leaves_nothing()
    {
        TargetExportOptions options = CopySlowly();
        Should.Throw<PosTenancyException>(() => TargetExport.Create(options, new At("Reading rows from PostgreSQL", () =>
            _ = Task.Run(() => Psql(
                "SELECT pg_sleep(0.5); SELECT pg_terminate_backend(pid) FROM pg_stat_activity " +
                "WHERE application_name = 'PosTenancy' AND datname = current_database()"))))).ErrorId.ShouldBe(ErrorIds.TargetError);
        RequireOnly();
    }

    [Fact]
    public void Row_that_does_not_fit_ends_a_slow_read_at_once()
    {
        TargetExportOptions options = CopySlowly();
        _ = Psql("UPDATE v SET r = 'NaN'");
        Stopwatch watch = Stopwatch.StartNew();
        Should.Throw<PosTenancyException>(() => TargetExport.Create(options)).ErrorId.ShouldBe(ErrorIds.ExportRefused);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(4));
        RequireOnly();
    }

    [Fact]
    public void Rows_are_not_written_before_they_are_proved()
    {
        CreateSampleTenant();
        _ = Copy();
        TenantExportResult result = TargetExport.Create(Back(), new At("Proving the rows", () =>
            Directory.GetFiles(Elsewhere, $"*.{Tenant}.export-*").ShouldBeEmpty()));
        RequireOnly(result);
        Shell.Sql(result.ExportPath, "PRAGMA integrity_check").ShouldBe("ok");
    }

    /// <summary>Cancels while rows are read, and requires that it takes effect at once.</summary>
    private void RequireStopped(TargetExportOptions options, Action before)
    {
        using CancellationTokenSource stop = new();
        Stopwatch watch = new();
        _ = Should.Throw<CommandCancelledException>(() => TargetExport.Create(
            options,
            new At("Reading rows from PostgreSQL", () =>
            {
                before();
                watch.Start();
                stop.CancelAfter(500);
            }),
            stop.Token));
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(4));
        RequireOnly();
    }

    /// <summary>Copies rows of which PostgreSQL can read 100 in a second.</summary>
    private TargetExportOptions CopySlowly()
    {
        Sqlite(
            """
            CREATE TABLE v (id INTEGER PRIMARY KEY, r REAL, n TEXT, tenant_id TEXT NOT NULL);
            WITH RECURSIVE c (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM c WHERE i < 900)
            INSERT INTO v SELECT i, 0.5, printf('%.1000c', 'x'), 'a' FROM c;
            """);
        string owner = $"owner_{Target}";
        _ = Psql(
            $"CREATE ROLE {owner} LOGIN PASSWORD 'pw'; GRANT CREATE ON DATABASE {Target} TO {owner}; " +
            $"GRANT CREATE ON SCHEMA public TO {owner}");
        NetworkCredential credential = new(owner, "pw");
        _ = Copy(Options() with { Credential = credential });
        _ = Psql("CREATE POLICY slow ON v AS RESTRICTIVE USING (pg_sleep(0.01) IS NOT NULL)");
        return Back("a") with { Credential = credential };
    }
}
