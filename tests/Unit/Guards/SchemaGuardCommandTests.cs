using PosTenancy.Engine.Guards;
using PosTenancy.Engine.Isolation;
using PosTenancy.Engine.Recovery;
using PosTenancy.Engine.Tenants;
using PosTenancy.Engine.Verification;
using PosTenancy.Tests.Support;
using PosTenancy.Tests.Tenants;

namespace PosTenancy.Tests.Guards;

/// <summary>PosTenancy's own commands on a database whose schema has the triggers of the guard.</summary>
public sealed class SchemaGuardCommandTests : TenantFolder
{
    private void CreateGuarded()
    {
        CreateBoth();
        Guard();
    }

    private void Guard()
    {
        Sql(TenantGuard.Write(Database, new TenantExpectation(null, "tenant_id", []), new TenantGuardOptions(IsPermanent: true)).Sql);
        CountTriggers().ShouldBe("10");
    }

    private string CountTriggers() => Sql("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'postenancy_reference%'");

    [Fact]
    public void Import_is_not_hindered()
    {
        CreateGuarded();
        string store = Path.Combine(Folder, "east.db");
        Create(store, North);

        Import(source: store, tenant: "east").RowsImported.ShouldBe(15);

        CountTriggers().ShouldBe("10");
    }

    [Fact]
    public void Rename_is_not_hindered()
    {
        CreateGuarded();

        TenantRenameResult result = new TenantRename(Database, new TenantRenameOptions("north", "east")).Run(cancellation: Cancel);

        result.Status.ShouldBe(TenantChangeStatus.Succeeded, result.Error?.Message);
        result.Checks.ShouldHavePassed();
        Sql("SELECT count(*) FROM sales WHERE tenant_id = 'east'").ShouldBe("3");
    }

    [Fact]
    public void Restore_is_not_hindered()
    {
        CreateGuarded();
        string backup = DatabaseBackup.Create(Database, cancellation: Cancel).BackupPath;
        Sql("DELETE FROM lines WHERE tenant_id = 'north'; UPDATE sales SET receipt = 'x' WHERE tenant_id = 'north'");

        TenantRestoreResult result = new TenantRestore(Database, new TenantRestoreOptions("north", backup)).Run(cancellation: Cancel);

        result.Status.ShouldBe(TenantChangeStatus.Succeeded, result.Error?.Message);
        result.Checks.ShouldHavePassed();
        Differences(backup).ShouldBe("");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Remove_is_not_hindered(bool erase)
    {
        CreateGuarded();

        TenantRemovalResult result = new TenantRemoval(Database, new TenantRemovalOptions("north") { Erase = erase })
            .Run(cancellation: Cancel);

        result.Status.ShouldBe(TenantChangeStatus.Succeeded, result.Error?.Message);
        result.Checks.ShouldHavePassed();
        Sql("SELECT count(*) FROM sales WHERE tenant_id = 'north'").ShouldBe("0");
    }

    [Fact]
    public void Complete_is_not_hindered()
    {
        CreateGuarded();

        CompletionResult result = new TenantCompletion(Database, new TenantCompletionOptions()).Run(cancellation: Cancel);

        result.Status.ShouldBe(TenantChangeStatus.Succeeded, result.Error?.Message);
        result.Checks.ShouldHavePassed();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Export_is_not_hindered(bool asSingleTenant)
    {
        CreateGuarded();

        TenantExportResult export = TenantExport.Create(
            Database, new TenantExportOptions("north") { AsSingleTenant = asSingleTenant }, cancellation: Cancel);

        Shell.Sql(export.ExportPath, "SELECT count(*) FROM sales").ShouldBe("3");
        (string column, string tenant) = asSingleTenant ? ("", "") : (", tenant_id", ", 'north'");
        Shell.Sql(export.ExportPath, $"INSERT INTO sales(customer{column}) SELECT min(id){tenant} FROM customers; SELECT changes()")
            .ShouldBe("1");
    }

    [Theory]
    [InlineData(UniqueScope.Database)]
    [InlineData(UniqueScope.TenantAndPrimaryKey)]
    public void Upgrade_of_the_next_release_is_not_hindered(UniqueScope scope)
    {
        CreateGuarded();
        Sql("CREATE TABLE refunds(id INTEGER PRIMARY KEY, sale INTEGER REFERENCES sales(id), code TEXT UNIQUE);" +
            "INSERT INTO refunds(sale) SELECT id FROM sales");

        Migrate(new MigrationOptions("south") { UniqueScope = scope });

        Sql("SELECT count(DISTINCT tenant_id) FROM refunds").ShouldBe("2");
        CountTriggers().ShouldBe("10");
        Should.Throw<InvalidOperationException>(() => Sql("UPDATE sales SET tenant_id = 'west' WHERE customer IS NOT NULL"))
            .Message.ShouldContain("another tenant");
    }

    [Fact]
    public void Tests_of_integrity_and_isolation_are_not_hindered()
    {
        CreateBoth();
        string before = Integrity();
        Guard();

        TenantIsolation.Test(Database, new TenantExpectation("north", "tenant_id", [])).Results
            .Where(r => r.Status == CheckStatus.Failed).ShouldBeEmpty();
        Integrity().ShouldBe(before);
    }

    private string Integrity() => string.Join(
        '\n',
        TenantIntegrity.Test(Database, new TenantExpectation("north", "tenant_id", []), cancellation: Cancel).Select(c => c.ToString()));
}
