using PosTenancy.Tests.Postgres.Support;

namespace PosTenancy.Tests.Postgres;

/// <summary>The same on a coordinator and two workers.</summary>
[Collection(CitusCluster.Name)]
public sealed class CitusConcurrencyTests : ConcurrencyTests
{
    public CitusConcurrencyTests()
        : this(CitusCluster.Require())
    {
    }

    private CitusConcurrencyTests(CitusCluster cluster)
        : base(cluster.Coordinator, cluster.CreateDatabase())
    {
    }

    protected override CopyLayout Layout => CopyLayout.Citus;
}
