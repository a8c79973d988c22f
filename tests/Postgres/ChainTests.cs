using PosTenancy.Postgres;
using PosTenancy.Tests.Postgres.Support;

namespace PosTenancy.Tests.Postgres;

/// <summary>20 stores on one server and on three, compared by the proof and, independently, by psql and the sqlite3 shell.</summary>
[Collection(CitusCluster.Name)]
public sealed class ChainTests : TargetTest
{
    [Theory]
    [MemberData(nameof(Everywhere))]
    public void Twenty_stores_have_the_same_rows_there(CopyLayout layout, bool isCluster)
    {
        Use(isCluster);
        Chain.CopyTo(Database);
        IReadOnlyList<TenantCopyResult> results = TenantCopy.Run(Database, Options(layout));
        results.Select(r => (r.TenantId, r.Error)).ShouldBe(Chain.Tenants.Select(t => (t, (Failure?)null)));
        TargetComparison.Run(Database, Options(layout)).IsEqual.ShouldBeTrue();

        string here = Dump.InSqlite(Sqlite);
        string[] schemas = layout == CopyLayout.Schema ? [.. Chain.Tenants] : ["public"];
        Dump.AtTarget(Psql, schemas).ShouldBe(here);
        here.Split('\n').Length.ShouldBeGreaterThan(3000);
        Sqlite("SELECT count(DISTINCT price_cents) FROM products WHERE sku = 'OIL-FLT-100'").ShouldBe("20");
    }
}
