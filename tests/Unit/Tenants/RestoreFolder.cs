using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Recovery;
using PosTenancy.Engine.Tenants;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Tenants;

/// <summary>A database with the tenants north and south, of which one is restored.</summary>
public abstract class RestoreFolder : TestFolder
{
    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Creates the database: the rows of north, and those of south as they are told apart by their tenant.</summary>
    /// <param name="schema">The tables, without the tenant column.</param>
    /// <param name="north">Rows of north.</param>
    /// <param name="south">Rows of south, with their tenant.</param>
    /// <param name="options">How north is made the first tenant.</param>
    protected void Create(string schema, string north, string south = "", MigrationOptions? options = null)
    {
        Sql(schema + north);
        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(options ?? new MigrationOptions("north")));
        result.Status.ShouldBe(UpgradeStatus.Succeeded, result.Error?.Message);
        Sql(south);
    }

    protected string Backup() => DatabaseBackup.Create(Database, cancellation: Cancel).BackupPath;

    protected string Export(bool asSingleTenant = false, string tenant = "north") => TenantExport.Create(
        Database, new TenantExportOptions(tenant) { AsSingleTenant = asSingleTenant }, cancellation: Cancel).ExportPath;

    protected TenantRestoreResult Restore(
        string source, Func<TenantRestoreOptions, TenantRestoreOptions>? change = null, string tenant = "north")
    {
        TenantRestoreOptions options = new(tenant, source);
        return new TenantRestore(Database, change?.Invoke(options) ?? options).Run(cancellation: Cancel);
    }

    /// <summary>Restores, and requires that the rows are those of the source, and that those of all others are as before.</summary>
    protected TenantRestoreResult RestoreGood(
        string source, Func<TenantRestoreOptions, TenantRestoreOptions>? change = null, string tenant = "north", bool differs = false)
    {
        string others = ReadOthers(tenant);
        string integrity = Sql("PRAGMA integrity_check");
        TenantRestoreResult result = Restore(source, change, tenant);
        result.Status.ShouldBe(TenantChangeStatus.Succeeded, result.Error?.Message);
        result.Checks.ShouldHavePassed();
        ReadOthers(tenant).ShouldBe(others);
        Sql("PRAGMA integrity_check").ShouldBe(integrity);
        if (!differs)
        {
            Differences(source, tenant, result.SourceTenantId).ShouldBe("");
        }

        return result;
    }

    /// <summary>Restores, and requires that it is refused, that a preview says the same, and that nothing was changed.</summary>
    protected string RestoreRefused(
        string errorId, string source, Func<TenantRestoreOptions, TenantRestoreOptions>? change = null, string tenant = "north")
    {
        string before = Snapshot();
        TenantRestoreResult result = Restore(source, change, tenant);
        result.Status.ShouldBe(TenantChangeStatus.Refused);
        result.Error!.ErrorId.ShouldBe(errorId, result.Error.Message);
        TenantRestoreOptions options = new(tenant, source);
        PosTenancyException preview = Should.Throw<PosTenancyException>(
            () => new TenantRestore(Database, change?.Invoke(options) ?? options).Preview(Cancel));
        preview.Message.ShouldBe(result.Error.Message);
        Snapshot().ShouldBe(before);
        return result.Error.Message;
    }

    protected IReadOnlyList<string> Preview(
        string source, Func<TenantRestoreOptions, TenantRestoreOptions>? change = null, string tenant = "north")
    {
        string before = Snapshot();
        TenantRestoreOptions options = new(tenant, source);
        IReadOnlyList<string> lines = new TenantRestore(Database, change?.Invoke(options) ?? options).Preview(Cancel);
        Snapshot().ShouldBe(before);
        return lines;
    }

    protected string Sql(string sql) => Shell.Sql(Database, sql);

    /// <summary>The differences between a tenant and a file, one per line.</summary>
    protected string Differences(string with, string tenant = "north", string? sourceTenant = null)
    {
        TenantComparisonOptions options = new(tenant, with) { SourceTenantId = sourceTenant };
        using TenantComparisonReading reading = TenantComparison.Run(Database, options, cancellation: Cancel);
        return string.Join('\n', reading.Differences.Select(d => d.ToString()));
    }

    /// <summary>Every row with a tenant column that is not the tenant's, and every row of other tables, as the shell reads them.</summary>
    private string ReadOthers(string tenant)
    {
        string selects = Sql(
            "SELECT 'SELECT ''' || t.name || ''', ' || (SELECT group_concat('quote(\"' || c.name || '\")', ', ') " +
            "FROM pragma_table_info(t.name) AS c) || ' FROM \"' || t.name || '\"' || " +
            "iif(EXISTS (SELECT 1 FROM pragma_table_info(t.name) AS c WHERE c.name = 'tenant_id'), " +
            $"' WHERE tenant_id IS NOT ''{tenant}''', '') || ' ORDER BY 2, 3;' " +
            "FROM sqlite_schema AS t WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name NOT LIKE '\\_post%' ESCAPE '\\' " +
            "AND t.name <> 'tenants' AND t.sql NOT LIKE '%VIRTUAL%' AND t.name NOT LIKE 'search%' ORDER BY t.name");
        return Sql(selects);
    }
}
