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

    private void RequireNothing()
    {
        // The server may still be ending the session.
        _ = Psql("SELECT pg_sleep(0.2) FROM pg_stat_activity WHERE application_name = 'PosTenancy' AND datname = current_database()");
        Psql("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace").ShouldBe("0");
        Psql("SELECT count(*) FROM pg_namespace WHERE nspname = 'postenancy'").ShouldBe("0");
    }
}
