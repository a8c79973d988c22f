using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Tenants;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Tenants;

/// <summary>A tenant that leaves: its rows go, all others stay, and an export is made first.</summary>
public sealed class RemovalTests : RemovalFolder
{
    [Fact]
    public void Tenant_is_removed_and_every_other_row_stays()
    {
        CreateBoth();
        string others = Sql(Others);

        TenantRemovalResult result = RemoveGood();

        Sql(Others).ShouldBe(others);
        Sql("""
            SELECT count(*) FROM customers WHERE tenant_id = 'north'; SELECT count(*) FROM sales WHERE tenant_id = 'north';
            SELECT count(*) FROM lines; SELECT count(*) FROM parts; SELECT count(*) FROM notes WHERE tenant_id = 'north';
            """).ShouldBe("0\n0\n0\n0\n0");
        Sql("SELECT kind, tenant_id FROM _postenancy_history ORDER BY id").ShouldBe("Plan|south\nImport|north\nRemove|north");
        result.Level.ShouldBe(TenantRemovalLevel.Removed);
        result.ProvedBy.ShouldBe(ProvedBy.Twin);
        result.Rows.ShouldBe(15);
        result.Tables.Select(t => t.ToString()).ShouldBe(
            ["customers 3 -> 0", "sales 3 -> 0", "lines 3 -> 0", "parts 3 -> 0", "notes 3 -> 0"]);
        result.Checks.Select(c => c.Name).ShouldBe(["RowsRemoved", "TenantGone", "OtherTenantsUnchanged", "SchemaUnchanged", "FileIntegrity"]);
        TenantList.Read(Database, "tenant_id", cancellation: Cancel).Select(t => t.TenantId).ShouldBe(["south"]);
    }
}
