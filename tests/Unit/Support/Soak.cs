namespace PosTenancy.Tests.Support;

/// <summary>Whether to run every enumeration completely instead of the short form of ordinary runs.</summary>
internal static class Soak
{
    /// <summary>Set by <c>build.ps1 -Task Soak</c>.</summary>
    public const string Variable = "POSTENANCY_SOAK";

    public static bool IsOn => Environment.GetEnvironmentVariable(Variable) == "1";
}
