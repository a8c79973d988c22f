namespace PosTenancy.Tests.Faults;

/// <summary>What the environment says about which points are tried.</summary>
internal static class FaultSettings
{
    /// <summary>
    /// The one point to try again, as a failure names it, or all that begin so: <c>upgrade/pwrite64/17/KILL</c>, <c>upgrade/rename</c>.
    /// </summary>
    public const string PointVariable = "POSTENANCY_FAULT";

    /// <summary>The point or points; <see langword="null"/> for those that are chosen.</summary>
    public static string? Point => Environment.GetEnvironmentVariable(PointVariable) is { Length: > 0 } point ? point : null;

    /// <summary>Points at a time. Each is a process that mostly computes.</summary>
    public const int Parallel = 2;
}
