namespace PosTenancy.Engine.Verification;

/// <summary>What several checks say together.</summary>
internal static class CheckResults
{
    /// <summary>What failed, in one line.</summary>
    public static string Summary(IEnumerable<CheckResult> failed) =>
        string.Join(
            " ",
            failed.Select(c => $"{c.Name}: expected {c.Expected}, found {c.Actual}{(c.Detail.Length == 0 ? "" : $" ({c.Detail})")}."));
}
