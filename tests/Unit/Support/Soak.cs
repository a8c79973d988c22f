namespace PosTenancy.Tests.Support;

/// <summary>Whether the whole of each enumeration is asked for, and not only the short form that runs every time.</summary>
internal static class Soak
{
    /// <summary>Set by <c>build.ps1 -Task Soak</c>.</summary>
    public const string Variable = "POSTENANCY_SOAK";

    public static bool IsOn => Environment.GetEnvironmentVariable(Variable) == "1";
}
