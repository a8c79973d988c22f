using System.Diagnostics;
using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Recovery;

/// <summary>Tests a backup by restoring it into a private folder, which is removed again.</summary>
public static class BackupTest
{
    private const string Activity = "Testing the backup";

    /// <summary>Restores a backup into the system's folder for temporary files, and holds it against its manifest.</summary>
    /// <param name="path">The live database, which may be missing; it is not touched.</param>
    /// <param name="backupPath">The backup.</param>
    /// <param name="record">Whether to write down beside the backup that it is good.</param>
    /// <param name="progress">Receives progress reports.</param>
    /// <param name="cancellation">Cancels the test; what was restored is removed.</param>
    /// <exception cref="CommandCancelledException">It was cancelled.</exception>
    public static BackupTestResult Run(
        string path,
        string backupPath,
        bool record = true,
        IProgress<StageProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        Stopwatch watch = Stopwatch.StartNew();
        string live = FilePath.Full(path);
        string full = FilePath.Full(backupPath);
        List<CheckResult> checks = [];
        try
        {
            RecordedBackup backup = RecordedBackup.Find(full, live);
            backup.RequireOf(live);
            FileErrors.Guard(full, () =>
            {
                using RunJournal journal = CopyJournals.BackupTest.Begin(live, Path.GetTempPath(), progress);
                return journal.Keep(() =>
                {
                    Restore(live, backup, journal.CopyFolder, checks, progress, cancellation);
                    return true;
                });
            });
            if (record)
            {
                FileErrors.Guard(full, () => BackupVerification.Write(backup, DateTimeOffset.Now));
            }

            return new BackupTestResult(live, full, BackupTestStatus.Good, checks, watch.Elapsed);
        }
        catch (PosTenancyException exception)
        {
            bool isBad = exception.ErrorId
                is ErrorIds.BackupTampered
                    or ErrorIds.BackupMismatch
                    or ErrorIds.BackupNotFound
                    or ErrorIds.ManifestInvalid
                    or ErrorIds.DatabaseCorrupt
                    or ErrorIds.NotADatabase
                    or ErrorIds.DatabaseTruncated;
            if (isBad && record)
            {
                TryForget(full);
            }

            return new BackupTestResult(live, full, isBad ? BackupTestStatus.Bad : BackupTestStatus.NotChecked, checks, watch.Elapsed)
            {
                Error = Failure.From(exception),
            };
        }
    }

    private static void Restore(
        string live,
        RecordedBackup backup,
        string folder,
        List<CheckResult> checks,
        IProgress<StageProgress>? progress,
        CancellationToken cancellation)
    {
        long length = backup.Manifest.Length;
        BackupDestination.RequireSpace(backup.Path, Path.GetDirectoryName(folder)!, length);
        DurableFile.CreatePrivateFolder(folder);
        string copy = Path.Combine(folder, Path.GetFileName(live));
        StageProgress restoring = new(Stage.Restore, Activity, backup.Path, 0, length) { Part = StagePart.Copy };
        Stopwatch watch = Stopwatch.StartNew();
        backup.CopyTo(copy, done => progress?.Report(restoring with { Completed = done }), cancellation);
        Add("Sha256", "SHA-256", backup.Manifest.Sha256, backup.Manifest.Sha256, CheckStatus.Passed);

        watch.Restart();
        using FileStream bytes = FileBlocks.Open(copy);
        using DatabaseConnection reader = DatabaseConnection.OpenImmutable(copy, cancellation);
        TenantExpectation nothing = new(TenantId: null, MigrationOptions.DefaultColumnName, []);
        CheckContext context = new(live, reader, nothing, baseline: null)
        {
            Bytes = bytes,
            Stage = Stage.Restore,
        };
        progress?.Report(restoring with { Completed = 0, Total = 0, Part = StagePart.FileChecks });
        CheckResult integrity = IntegrityChecks.Run(nameof(FileIntegrity), context);
        checks.Add(integrity);
        if (integrity.Status == CheckStatus.Failed)
        {
            throw Errors.DatabaseCorrupt(backup.Path, integrity.Detail);
        }

        (int tables, long rows) = context.Schema.Counts;
        bool isEqual = (tables, rows) == (backup.Manifest.Tables, backup.Manifest.Rows);
        Add(
            "RowCounts",
            "Rows in all tables",
            Counts(backup.Manifest.Tables, backup.Manifest.Rows),
            Counts(tables, rows),
            isEqual ? CheckStatus.Passed : CheckStatus.Failed);
        backup.RequireCounts((tables, rows));

        void Add(string name, string title, string expected, string actual, CheckStatus status) =>
            checks.Add(new CheckResult(live, name, title, expected, actual, status, "", watch.Elapsed));
    }

    private static string Counts(int tables, long rows) =>
        FormattableString.Invariant($"{rows} rows in {tables} tables");

    private static void TryForget(string backupPath)
    {
        try
        {
            File.Delete(backupPath + BackupVerification.Ending);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The note names the bytes that were good: it does not speak for others.
        }
    }
}
