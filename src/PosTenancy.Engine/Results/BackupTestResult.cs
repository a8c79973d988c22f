namespace PosTenancy;

/// <summary>Whether a backup can be restored.</summary>
public enum BackupTestStatus : long
{
    /// <summary>It was restored into a private folder, and is what its manifest records.</summary>
    Good,

    /// <summary>It cannot be restored, or is not what its manifest records.</summary>
    Bad,

    /// <summary>It could not be tested: it says nothing of the backup.</summary>
    NotChecked,
}

/// <summary>A backup that was restored into a private folder, to see whether it can be.</summary>
/// <param name="Path">Full path of the live database.</param>
/// <param name="BackupPath">Full path of the backup.</param>
/// <param name="Status">What was found.</param>
/// <param name="Checks">What was compared, as far as the test came.</param>
/// <param name="Duration">How long it took.</param>
public sealed record BackupTestResult(
    string Path, string BackupPath, BackupTestStatus Status, IReadOnlyList<CheckResult> Checks, TimeSpan Duration)
{
    /// <summary>What was compared, as far as the test came.</summary>
    public IReadOnlyList<CheckResult> Checks { get; init => field = ResultList.From(value); } = ResultList.From(Checks);

    /// <summary>What is wrong, or why it could not be tested; <see langword="null"/> if it is good.</summary>
    public Failure? Error { get; init; }

    /// <summary>The backup and its status.</summary>
    public override string ToString() => $"{BackupPath}: {Status}";
}
