namespace PosTenancy.Tests.Support;

/// <summary>Whether the whole of each enumeration is asked for, and not only the short form that runs every time.</summary>
internal static class Soak
{
    public const string Variable = "POSTENANCY_SOAK";

    public static bool IsOn => Environment.GetEnvironmentVariable(Variable) == "1";
}
