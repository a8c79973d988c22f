using System.Diagnostics;
using PosTenancy.Postgres;
using PosTenancy.Tests.Postgres.Support;

namespace PosTenancy.Tests.Postgres;

/// <summary>Whatever ends a copy before its COMMIT leaves nothing at the target.</summary>
public sealed class InterruptionTests : TargetTest
{
    [Theory]
    [InlineData("Copying rows")]
    [InlineData("Creating keys, indexes and rights")]
    [InlineData("Proving the rows in PostgreSQL")]
    [InlineData("Committing")]
    public void Lost_connection_leaves_nothing(string moment)
    {
        CreateSampleTenant();
        TenantCopyResult result = TenantCopy.Run(Database, Options(), new At(moment, () => Psql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity " +
            "WHERE application_name = 'PosTenancy' AND datname = current_database()")))[0];
        result.Status.ShouldBe(moment == "Committing" ? TenantChangeStatus.Failed : TenantChangeStatus.RolledBack);
        result.Error!.ErrorId.ShouldBe(moment == "Committing" ? ErrorIds.CopyOutcomeUnknown : ErrorIds.TargetError);
        RequireNothing();
        Copy().Status.ShouldBe(TenantChangeStatus.Succeeded);
    }

    [Theory]
    [InlineData("Examining values")]
    [InlineData("Copying rows")]
    [InlineData("Proving the rows in PostgreSQL")]
    public void Cancelled_copy_leaves_nothing(string moment)
    {
        CreateSampleTenant();
        using CancellationTokenSource stop = new();
        Should.Throw<OperationCanceledException>(() => TenantCopy.Run(Database, Options(), new At(moment, stop.Cancel), stop.Token));
        RequireNothing();
        Copy().Status.ShouldBe(TenantChangeStatus.Succeeded);
    }

    [Theory]
    [InlineData("LOCK TABLE sales IN SHARE MODE", "Examining values")]
    [InlineData("INSERT INTO sales VALUES (2, 'b', 'south')", "Copying rows")]
    [InlineData("LOCK TABLE sales IN SHARE UPDATE EXCLUSIVE MODE", "Copying rows")]
    [InlineData("SELECT pg_advisory_xact_lock(123623980688750)", "Examining values")]
    public async Task Wait_for_another_session_is_cancelled_at_once(string held, string moment)
    {
        Sqlite("CREATE TABLE sales (id INTEGER PRIMARY KEY, note TEXT, tenant_id TEXT NOT NULL); " +
            "INSERT INTO sales VALUES (1, 'a', 'north')");
        _ = Copy();
        Sqlite("INSERT INTO sales VALUES (2, 'b', 'south')");
        Task holder = Task.Run(() => Psql($"BEGIN; {held}; SELECT pg_sleep(9)"));
        WaitFor("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(9)' AND wait_event = 'PgSleep'");
        using CancellationTokenSource stop = new();
        Task<TenantCopyResult> copy = Task.Run(() => TenantCopy.Run(
            Database, Options(tenant: "south"), new At(moment, () => stop.CancelAfter(TimeSpan.FromSeconds(1))), stop.Token)[0]);
        WaitFor("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'PosTenancy' AND wait_event_type = 'Lock' " +
            "AND datname = current_database()");
        Stopwatch watch = Stopwatch.StartNew();
        _ = await Should.ThrowAsync<OperationCanceledException>(() => copy);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(4));
        _ = Psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(9)' AND pid <> pg_backend_pid()");
        (await Record.ExceptionAsync(() => holder)).ShouldNotBeNull();
        Psql("SELECT id FROM sales").ShouldBe("1");
        Copy(Options(tenant: "south")).Status.ShouldBe(TenantChangeStatus.Succeeded);
    }

    [Fact]
    public async Task Second_copy_waits_for_the_first_and_finds_its_rows()
    {
        CreateSampleTenant();
        Task<TenantCopyResult>? second = null;
        string other = Path.Combine(Folder, "other.db");
        File.Copy(Database, other);
        TenantCopyResult first = TenantCopy.Run(Database, Options(), new At("Committing", () =>
        {
            second = Task.Run(() => TenantCopy.Run(other, Options())[0]);
            Thread.Sleep(300);
            second.IsCompleted.ShouldBeFalse();
        }))[0];
        first.Status.ShouldBe(TenantChangeStatus.Succeeded);
        (await second!).Status.ShouldBe(TenantChangeStatus.AlreadyImported);
    }

    [Fact]
    public void Store_that_is_written_while_it_is_read_without_a_lock_is_not_copied()
    {
        CreateSampleTenant();
        Sqlite("PRAGMA journal_mode = WAL");
        TenantCopyResult result = TenantCopy.Run(Database, Options(), new At("Proving the rows in PostgreSQL", () =>
            Sqlite("UPDATE products SET name = 'changed'")))[0];
        result.Error!.ErrorId.ShouldBe(ErrorIds.DatabaseChanged);
        RequireNothing();
    }

    private void WaitFor(string sessions)
    {
        for (int tries = 0; Psql(sessions) == "0"; tries++)
        {
            tries.ShouldBeLessThan(100);
            Thread.Sleep(50);
        }
    }

    private void RequireNothing()
    {
        // The server may still be ending the session.
        _ = Psql("SELECT pg_sleep(0.2) FROM pg_stat_activity WHERE application_name = 'PosTenancy' AND datname = current_database()");
        Psql("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace").ShouldBe("0");
        Psql("SELECT count(*) FROM pg_namespace WHERE nspname = 'postenancy'").ShouldBe("0");
    }
}
