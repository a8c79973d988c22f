namespace PosTenancy.Tests.Faults;

/// <summary>Environment variables that select the fault points.</summary>
internal static class FaultSettings
{
    /// <summary>
    /// One point to repeat, as named in a failure, or a prefix for several: <c>upgrade/pwrite64/17/KILL</c>, <c>upgrade/rename</c>.
    /// </summary>
    public const string PointVariable = "POSTENANCY_FAULT";

    /// <summary>The point or prefix; <see langword="null"/> for the default selection.</summary>
    public static string? Point => Environment.GetEnvironmentVariable(PointVariable) is { Length: > 0 } point ? point : null;

    /// <summary>Number of points tested concurrently. Each is a process that mostly uses the processor.</summary>
    public const int Parallel = 2;
}
