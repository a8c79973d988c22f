using PosTenancy.Tests.Postgres.Support;

namespace PosTenancy.Tests.Postgres;

/// <summary>The same with reference tables on a coordinator and two workers.</summary>
[Collection(CitusCluster.Name)]
public sealed class CitusSharedRowsTests : SharedRowsTests
{
    public CitusSharedRowsTests()
        : this(CitusCluster.Require())
    {
    }

    private CitusSharedRowsTests(CitusCluster cluster)
        : base(cluster.Coordinator, cluster.CreateDatabase())
    {
    }

    protected override CopyLayout Layout => CopyLayout.Citus;
}
