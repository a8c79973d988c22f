namespace PosTenancy;

/// <summary>The outcome of a check.</summary>
public enum CheckStatus : long
{
    /// <summary>What was expected was measured, over everything that the check is about.</summary>
    Passed,

    /// <summary>Something else was measured.</summary>
    Failed,

    /// <summary>Measured and as it was before, but not as it should be.</summary>
    Warning,

    /// <summary>The check could not run; <see cref="CheckResult.Detail"/> says why.</summary>
    NotChecked,
}

/// <summary>What one check expected and measured.</summary>
/// <param name="Path">Full path of the live database.</param>
/// <param name="Name">Stable name, such as <c>NoNullTenantIds</c>.</param>
/// <param name="Title">What it is about, for people.</param>
/// <param name="Expected">What should be.</param>
/// <param name="Actual">What was measured.</param>
/// <param name="Status">Whether they agree.</param>
/// <param name="Detail">What differs and where, or why the check could not run; empty if there is nothing to say.</param>
/// <param name="Duration">How long the check took.</param>
public sealed record CheckResult(
    string Path,
    string Name,
    string Title,
    string Expected,
    string Actual,
    CheckStatus Status,
    string Detail,
    TimeSpan Duration)
{
    /// <summary>The name and the status.</summary>
    public override string ToString() => $"{Name}: {Status}";
}
