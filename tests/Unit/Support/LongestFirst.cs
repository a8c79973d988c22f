using PosTenancy.Tests.Builds;
using PosTenancy.Tests.Support;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace PosTenancy.Tests.Support;

/// <summary>Starts the Pester suite first: it takes as long as half of the others, and would otherwise run alone at the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(c => c.TestCollectionDisplayName.Contains(nameof(PesterSuite), StringComparison.Ordinal) ? 0 : 1)];
}
