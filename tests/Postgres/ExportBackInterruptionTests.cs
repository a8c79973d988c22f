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
    public void Long_read_is_cancelled_at_once()
    {
        Sqlite("CREATE TABLE v (n TEXT, tenant_id TEXT NOT NULL); INSERT INTO v VALUES ('x', 'a');");
        _ = Copy();
        _ = Psql("INSERT INTO v SELECT repeat('x', 1000), 'a' FROM generate_series(1, 300000)");
        using CancellationTokenSource stop = new();
        System.Diagnostics.Stopwatch watch = new();
        _ = Should.Throw<CommandCancelledException>(() => TargetExport.Create(
            Back("a"),
            new At("Reading rows from PostgreSQL", () =>
            {
                watch.Start();
                stop.Cancel();
            }),
            stop.Token));
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(3));
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
}
