namespace PosTenancy.Tests.Support;

/// <summary>What a good migration's checks say.</summary>
internal static class CheckAssertions
{
    /// <summary>
    /// Every check passed; only keys that reach over all tenants are warned of, which a migration leaves alone unless it is asked.
    /// </summary>
    public static void ShouldHavePassed(this IEnumerable<CheckResult> checks) =>
        checks.ShouldAllBe(c => c.Status == CheckStatus.Passed || (c.Name == "UniqueKeysPerTenant" && c.Status == CheckStatus.Warning));
}
