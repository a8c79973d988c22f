using PosTenancy.Tests.Builds;
using PosTenancy.Tests.Support;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace PosTenancy.Tests.Support;

/// <summary>The Pester suite begins first: it takes as long as half of the others, and would otherwise be waited for alone.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(c => c.TestCollectionDisplayName.Contains(nameof(PesterSuite), StringComparison.Ordinal) ? 0 : 1)];
}
