using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Tenants;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Tenants;

/// <summary>A database of the tenant 'south', and the store of a second tenant, 'north'.</summary>
public abstract class ImportFolder : TestFolder
{
    protected string Source => Path.Combine(Folder, "north.db");

    /// <summary>Creates both with the same schema, and migrates the database.</summary>
    protected void CreateBoth(string schema, string rows, string otherRows, MigrationOptions? options = null)
    {
        Shell.Sql(Database, schema + rows);
        Shell.Sql(Source, schema + otherRows);
        Migrate(options);
    }

    protected void Migrate(MigrationOptions? options = null)
    {
        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(options ?? new MigrationOptions("south")));
        result.Status.ShouldBe(UpgradeStatus.Succeeded, result.Error?.Message);
    }

    protected TenantImportResult Import(TenantImportOptions? options = null, KeyDeclarations? keys = null) =>
        Import(options, new TenantSource(Source, "north") { Keys = keys }).Single();

    protected IReadOnlyList<TenantImportResult> Import(TenantImportOptions? options, params TenantSource[] sources) => TenantImport.Run(
        Database, sources, options ?? new TenantImportOptions(), cancellation: TestContext.Current.CancellationToken);

    /// <summary>Imports, and requires that it succeeds with every check passed.</summary>
    protected TenantImportResult ImportGood(TenantImportOptions? options = null, KeyDeclarations? keys = null)
    {
        TenantImportResult result = Import(options, keys);
        result.Status.ShouldBe(TenantChangeStatus.Succeeded, result.Error?.Message);
        result.Checks.ShouldHavePassed();
        return result;
    }

    /// <summary>Imports, and requires that it is refused and that nothing was changed.</summary>
    protected string ImportRefused(string errorId, TenantImportOptions? options = null, KeyDeclarations? keys = null)
    {
        string before = Sha256(Database);
        string source = Sha256(Source);
        TenantImportResult result = Import(options, keys);
        result.Status.ShouldBe(TenantChangeStatus.Refused);
        result.Error!.ErrorId.ShouldBe(errorId, result.Error.Message);
        Sha256(Database).ShouldBe(before);
        Sha256(Source).ShouldBe(source);
        Directory.GetFiles(Folder, "*keymap*").ShouldBeEmpty();
        return result.Error.Message;
    }

    protected static KeyDeclarations Keys(params (string Column, object Meaning)[] entries) =>
        KeyDeclarations.Parse(entries.ToDictionary(e => e.Column, e => e.Meaning));

    protected string Sql(string sql) => Shell.Sql(Database, sql);
}
