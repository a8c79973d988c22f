namespace PosTenancy.Tests.Support;

/// <summary>The expected checks of a successful migration.</summary>
internal static class CheckAssertions
{
    /// <summary>
    /// Every check passed; the only warning is for keys over all tenants, which a migration does not change unless requested.
    /// </summary>
    public static void ShouldHavePassed(this IEnumerable<CheckResult> checks) =>
        checks.ShouldAllBe(c => c.Status == CheckStatus.Passed || (c.Name == "UniqueKeysPerTenant" && c.Status == CheckStatus.Warning));
}
