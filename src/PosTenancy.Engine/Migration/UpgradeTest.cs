using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Migration;

/// <summary>
/// Tests an upgrade on a copy of a database that may be in use: the whole guard runs on the copy, so that what it measures, the time the
/// application would have to stay away included, is what the upgrade will take.
/// </summary>
public static class UpgradeTest
{
    /// <summary>Copies the database, upgrades the copy, and removes it. The database and its folder stay as they are.</summary>
    /// <param name="path">The live database, which may be open and written to.</param>
    /// <param name="options">What an upgrade is to do. The destination is an existing folder for the copy; <see langword="null"/> for the
    /// system's folder for temporary files.</param>
    /// <param name="progress">Receives progress reports.</param>
    /// <param name="cancellation">Cancels the test; the copy is removed.</param>
    /// <returns>The status is <see cref="UpgradeStatus.Rehearsed"/> if the upgrade would succeed,
    /// <see cref="UpgradeStatus.AlreadyMigrated"/> if it would change nothing, and otherwise <see cref="UpgradeStatus.Refused"/>.</returns>
    /// <exception cref="CommandCancelledException">It was cancelled.</exception>
    public static UpgradeResult Run(
        string path, UpgradeOptions options, IProgress<StageProgress>? progress = null, CancellationToken cancellation = default)
    {
        DateTimeOffset startedAt = DateTimeOffset.Now;
        string live = path;
        try
        {
            DatabaseFile file = DatabaseFile.Inspect(path);
            live = file.Path;
            string folder = BackupDestination.Require(file, options.Destination ?? Path.GetTempPath());
            UpgradeResult result = FileErrors.Guard(
                live,
                () =>
                {
                    using RunJournal journal = CopyJournals.Rehearsal.Begin(live, folder, progress);
                    return journal.Keep(() => OnCopy(file, journal.CopyFolder, options, progress, cancellation));
                });
            return result with { StartedAt = startedAt, Duration = DateTimeOffset.Now - startedAt };
        }
        catch (PosTenancyException exception)
        {
            return GuardedUpgrade.Refused(live, options.Migration.TenantId, startedAt, exception);
        }
    }

    private static UpgradeResult OnCopy(
        DatabaseFile file, string folder, UpgradeOptions options, IProgress<StageProgress>? progress, CancellationToken cancellation)
    {
        BackupDestination.RequireSpace(file.Path, Path.GetDirectoryName(folder)!, SpaceNeeds.ForCopy(file));
        string copy = Path.Combine(folder, Path.GetFileName(file.Path));
        StageProgress copying = new(Stage.Plan, "Copying the database", file.Path, 0, 0) { Part = StagePart.Copy };
        DatabaseCopy.WritePrivately(file, copy, copying, progress, cancellation);

        // What is left in the folder, also by an exception, the journal removes.
        UpgradeResult result = GuardedUpgrade.Run(copy, options with { Destination = null }, progress, cancellation);
        cancellation.ThrowIfCancellationRequested();
        return AsOf(file.Path, copy, result);
    }

    /// <summary>What was measured on a copy, told of the database. The backup was one of the copy.</summary>
    private static UpgradeResult AsOf(string live, string copy, UpgradeResult result) => result with
    {
        Path = live,
        Status = result.Status switch
        {
            UpgradeStatus.Succeeded => UpgradeStatus.Rehearsed,
            UpgradeStatus.AlreadyMigrated => UpgradeStatus.AlreadyMigrated,
            _ => UpgradeStatus.Refused,
        },
        Plan = result.Plan is { } plan ? plan with { Tables = [.. plan.Tables.Select(t => t with { Path = live })] } : null,
        Before = result.Before is { } before
            ? before with { AvailableBytes = FolderAccess.AvailableBytes(Path.GetDirectoryName(live)!) }
            : null,
        Backup = null,
        Rehearsal = AsOf(live, result.Migration ?? result.Rehearsal),
        Migration = null,
        Comparison = [],
        Checks = AsOf(live, result.Checks),
        Error = result.Error is { } error ? error with { Message = error.Message.Replace(copy, live) } : null,
    };

    private static MigrationResult? AsOf(string live, MigrationResult? result) => result is null ? null : result with
    {
        Path = live,
        BackupPath = null,
        Checks = AsOf(live, result.Checks),
        Distribution = [.. result.Distribution.Select(d => d with { Path = live })],
    };

    private static IReadOnlyList<CheckResult> AsOf(string live, IReadOnlyList<CheckResult> checks) =>
        [.. checks.Select(c => c with { Path = live })];
}
