namespace PosTenancy.Tests.Support;

/// <summary>Files that hold what the tests expect, and that a developer can accept.</summary>
internal static class Golden
{
    /// <summary>Whether the tests write what they find instead of comparing it.</summary>
    public static bool IsAccepted { get; } = Environment.GetEnvironmentVariable("POSTENANCY_ACCEPT_GOLDEN") == "1";
}
