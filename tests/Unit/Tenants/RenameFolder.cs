using PosTenancy.Engine.Tenants;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Tenants;

/// <summary>A database in which a tenant is renamed.</summary>
public abstract class RenameFolder : TenantFolder
{
    /// <summary>Renames, whatever becomes of it.</summary>
    protected TenantRenameResult Run(
        string tenant,
        string newName,
        Func<TenantRenameOptions, TenantRenameOptions>? change = null,
        IProgress<StageProgress>? progress = null,
        CancellationToken? cancellation = null)
    {
        TenantRenameOptions options = new(tenant, newName);
        return new TenantRename(Database, change?.Invoke(options) ?? options).Run(progress, cancellation ?? Cancel);
    }

    /// <summary>Renames, and requires that it succeeds and is proved.</summary>
    protected TenantRenameResult Rename(
        string tenant = "south", string newName = "east", Func<TenantRenameOptions, TenantRenameOptions>? change = null)
    {
        TenantRenameResult result = Run(tenant, newName, change);
        result.Status.ShouldBe(TenantChangeStatus.Succeeded, result.Error?.Message);
        result.Checks.ShouldAllBe(c => c.Status == CheckStatus.Passed);
        return result;
    }

    /// <summary>Requires that a preview and a run are refused for the same reason, and change nothing.</summary>
    protected string Refused(string errorId, string tenant = "south", string newName = "east")
    {
        string before = Snapshot();
        PosTenancyException preview = Should.Throw<PosTenancyException>(() =>
            new TenantRename(Database, new TenantRenameOptions(tenant, newName)).Preview(Cancel));
        TenantRenameResult result = Run(tenant, newName);
        result.Status.ShouldBe(TenantChangeStatus.Refused);
        result.Error!.ErrorId.ShouldBe(errorId, result.Error.Message);
        preview.Message.ShouldBe(result.Error.Message);
        Snapshot().ShouldBe(before);
        return result.Error.Message;
    }

    /// <summary>A database as an application of tenants would have made it.</summary>
    protected void Make(string sql) => Shell.Sql(Database, sql);
}
