using System.Globalization;

namespace PosTenancy;

/// <summary>How a guarded upgrade ended.</summary>
public enum UpgradeStatus : long
{
    /// <summary>Migrated and verified, and the backup exists.</summary>
    Succeeded,

    /// <summary>There was nothing to do, and nothing was written.</summary>
    AlreadyMigrated,

    /// <summary>Refused before the live file was written to.</summary>
    Refused,

    /// <summary>Begun and rolled back: the file has the same bytes as before.</summary>
    RolledBack,

    /// <summary>The file could not be restored automatically; the error says what to do.</summary>
    Failed,

    /// <summary>Cancelled, and everything that was begun is undone; the error says what the database is now and which files stay.</summary>
    Cancelled,

    /// <summary>Only tested, on a copy: an upgrade would succeed, and nothing was changed.</summary>
    Rehearsed,
}

/// <summary>The state of the file before the upgrade, as it was found under the lock.</summary>
/// <param name="Length">Size in bytes.</param>
/// <param name="PageSize">Bytes per page.</param>
/// <param name="IsWal">Whether the database uses a write-ahead log.</param>
/// <param name="OpenElsewhereNotChecked">Why it is uncertain whether another process had the file open; <see langword="null"/> if
/// it could.</param>
/// <param name="AvailableBytes">Room on the disk of the database in bytes; <see langword="null"/> if the system does not say.</param>
/// <param name="SqliteVersion">Version of the SQLite library that did the work.</param>
/// <param name="ProductVersion">Version of this program.</param>
public sealed record FileState(
    long Length,
    int PageSize,
    bool IsWal,
    string? OpenElsewhereNotChecked,
    long? AvailableBytes,
    string SqliteVersion,
    string ProductVersion)
{
    /// <summary>The size and the journal.</summary>
    public override string ToString() => string.Format(
        CultureInfo.InvariantCulture, "{0:N0} bytes, {1}", Length, IsWal ? "write-ahead log" : "rollback journal");
}

/// <summary>How long a stage of an upgrade took.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Duration">How long it took, the wait for locks included; the way back, where one was needed, counts to the stage that
/// failed.</param>
public sealed record StageDuration(Stage Stage, TimeSpan Duration)
{
    /// <summary>The stage and its time.</summary>
    public override string ToString() => $"{Stage}: {Duration}";
}

/// <summary>What an upgrade did about one that was interrupted before it.</summary>
public enum RecoveryAction : long
{
    /// <summary>Nothing had been committed, and nothing of it could be used: this upgrade began from the beginning.</summary>
    StartedOver,

    /// <summary>Nothing had been committed, and the database still was its backup: this upgrade went on from there.</summary>
    Resumed,

    /// <summary>The migration had been committed: it was verified, and is good.</summary>
    Verified,

    /// <summary>The migration had been committed, and a check failed: the backup was restored.</summary>
    RolledBack,

    /// <summary>Its backup is missing or was changed, so its effect is unknown: the database was used as it is.</summary>
    NotCompared,
}

/// <summary>A run that was interrupted, as the next one found it.</summary>
/// <param name="Interrupted">What was interrupted, in words.</param>
/// <param name="StartedAt">When that run had begun.</param>
/// <param name="Stage">The last stage that it began.</param>
/// <param name="Action">What was done about it.</param>
/// <param name="RemovedPaths">Full paths of the temporary files that it had left; they are gone.</param>
public sealed record RecoveryResult(
    string Interrupted,
    DateTimeOffset StartedAt,
    Stage Stage,
    RecoveryAction Action,
    IReadOnlyList<string> RemovedPaths)
{
    /// <summary>Full paths of the temporary files that it had left; they are gone.</summary>
    public IReadOnlyList<string> RemovedPaths { get; init => field = ResultList.From(value); } = ResultList.From(RemovedPaths);

    /// <summary>What was done about it, in words.</summary>
    public string Detail =>
        Action switch
        {
            RecoveryAction.StartedOver => "None of its changes were in the database. The upgrade started over.",
            RecoveryAction.Resumed =>
                "None of its changes were in the database, which still equalled its backup byte for byte. The upgrade continued with " +
                "that backup.",
            RecoveryAction.Verified => "It had been committed. The committed file has now been verified.",
            RecoveryAction.RolledBack => "It had been committed, but the verification failed. The backup was restored.",
            _ =>
                "Its backup no longer exists or was changed, so what it had done cannot be determined. The database was used as it is.",
        };

    /// <summary>What was done about it, in words.</summary>
    public override string ToString() => Detail;
}

/// <summary>A guarded upgrade from the first read of the file to the last check.</summary>
/// <param name="Path">Full path of the live database.</param>
/// <param name="TenantId">The tenant.</param>
/// <param name="Status">How it ended.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="Duration">How long all of it took.</param>
public sealed record UpgradeResult(string Path, string TenantId, UpgradeStatus Status, DateTimeOffset StartedAt, TimeSpan Duration)
{
    /// <summary>What was found before; <see langword="null"/> if the file could not be locked.</summary>
    public FileState? Before { get; init; }

    /// <summary>What was found of an upgrade that was interrupted before this one; <see langword="null"/> if none was.</summary>
    public RecoveryResult? Recovery { get; init; }

    /// <summary>What was decided for each table; <see langword="null"/> if the schema could not be read.</summary>
    public MigrationPlan? Plan { get; init; }

    /// <summary>The project's own table in which the migration is recorded; <see langword="null"/> for PosTenancy's.</summary>
    public string? HistoryTable => Plan?.Options.HistoryTable;

    /// <summary>The tenant column, for the commands that test the result.</summary>
    public string ColumnName => Plan?.Options.ColumnName ?? MigrationOptions.DefaultColumnName;

    /// <summary>Tables left out on request, for the same.</summary>
    public IReadOnlyList<string> ExcludeTable => Plan?.Options.ExcludeTable ?? ResultList.From<string>([]);

    /// <summary>Tables that all tenants share, for the same; those included that the history recorded before.</summary>
    public IReadOnlyList<string> ReferenceTable => Plan?.Options.ReferenceTable ?? ResultList.From<string>([]);

    /// <summary>The backup; <see langword="null"/> if none was made.</summary>
    public BackupResult? Backup { get; init; }

    /// <summary>Full path of the backup; <see langword="null"/> if none was made.</summary>
    public string? BackupPath => Backup?.BackupPath;

    /// <summary>Whether the upgrade was asked to go without a rehearsal.</summary>
    public bool RehearsalSkipped { get; init; }

    /// <summary>The same migration on a copy; <see langword="null"/> if it was not run.</summary>
    public MigrationResult? Rehearsal { get; init; }

    /// <summary>The migration of the live file; <see langword="null"/> if it was not begun.</summary>
    public MigrationResult? Migration { get; init; }

    /// <summary>The figures of the rehearsal beside those of the migration; empty if one of the two did not run.</summary>
    public IReadOnlyList<ComparedFigure> Comparison { get; init => field = ResultList.From(value); } = ResultList.From<ComparedFigure>([]);

    /// <summary>How long each stage took that was begun, in their order.</summary>
    public IReadOnlyList<StageDuration> Stages { get; init => field = ResultList.From(value); } = ResultList.From<StageDuration>([]);

    /// <summary>
    /// How long PosTenancy had the database locked, in all: no other program could use it. <see langword="null"/> if it was never locked.
    /// </summary>
    public TimeSpan? LockedTime { get; init; }

    /// <summary>
    /// From the first lock to the last release: how long the application had to stay away. <see langword="null"/> if the database was
    /// never locked.
    /// </summary>
    public TimeSpan? Downtime { get; init; }

    /// <summary>
    /// Bytes of free space that the upgrade needs at once, for backup, rehearsal and growth; an upper estimate. <see langword="null"/> if
    /// there was nothing to change, or no plan.
    /// </summary>
    public long? RequiredBytes { get; init; }

    /// <summary>What proved that the migration is good; <see langword="null"/> if none was committed.</summary>
    public ProvedBy? ProvedBy => Migration?.ProvedBy;

    /// <summary>The target for the duration of the migration.</summary>
    public TimeSpan Target { get; init; } = DefaultTarget;

    /// <summary>
    /// Whether the upgrade was asked to keep to that; without a request it is a figure to compare with, and missing it is no warning.
    /// </summary>
    public bool TargetRequested { get; init; }

    /// <summary>
    /// Whether the migration took less time than that; <see langword="null"/> if nothing was migrated, or the time was not measured. The
    /// result of a slow one is as valid.
    /// </summary>
    public bool? MeetsTarget =>
        Migration is { Status: MigrationStatus.Migrated } migration && Recovery?.Action != RecoveryAction.Verified
            ? migration.Duration < Target
            : null;

    /// <summary>The last checks that ran: on the committed file, or those that led to the rollback.</summary>
    public IReadOnlyList<CheckResult> Checks { get; init => field = ResultList.From(value); } = ResultList.From<CheckResult>([]);

    /// <summary>What tests of isolation found that belong to this database; empty if none were added to the report.</summary>
    public IReadOnlyList<IsolationResult> Isolation { get; init => field = ResultList.From(value); } = ResultList.From<IsolationResult>([]);

    /// <summary>What measured queries took on the backup and on the migrated database; empty if none were added to the report.</summary>
    public IReadOnlyList<QueryMeasurement> Queries { get; init => field = ResultList.From(value); } = ResultList.From<QueryMeasurement>([]);

    /// <summary>Full path of the report; <see langword="null"/> if none was written.</summary>
    public string? ReportPath { get; init; }

    /// <summary>What went wrong; <see langword="null"/> if nothing did.</summary>
    public Failure? Error { get; init; }

    /// <summary>Full path of the report that this was read from; <see langword="null"/> for the result of a run.</summary>
    public string? ImportedFrom { get; init; }

    /// <summary>The database and how the upgrade ended.</summary>
    public override string ToString() => $"{Path}: {Status}";

    /// <summary>The default target for the duration of a migration.</summary>
    internal static TimeSpan DefaultTarget { get; } = TimeSpan.FromSeconds(3);
}
