namespace PosTenancy.Engine.Verification;

/// <summary>Combines the results of several checks.</summary>
internal static class CheckResults
{
    /// <summary>The failures in one line.</summary>
    public static string Summary(IEnumerable<CheckResult> failed) =>
        string.Join(
            " ",
            failed.Select(c => $"{c.Name}: expected {c.Expected}, found {c.Actual}{(c.Detail.Length == 0 ? "" : $" ({c.Detail})")}."));
}
