using PosTenancy.Engine.Files;

namespace PosTenancy.Engine.Journal;

/// <summary>The runs of a journal that did not end: what they may have done, and the files that they left.</summary>
/// <param name="live">Full path of the database.</param>
/// <param name="name">What the names of their temporary files begin with, as a full path.</param>
/// <param name="runs">Every run of the journal.</param>
internal sealed class InterruptedRuns(string live, string name, IReadOnlyList<RunRecord> runs)
{
    private readonly List<RunRecord> _runs = [.. runs.Where(r => !r.HasEnded)];

    /// <summary>A run that may have changed the live file before it was interrupted; <see langword="null"/> if there is none.</summary>
    public RunRecord? Pending => _runs.LastOrDefault(r => r.MayHaveCommitted);

    /// <summary>The last run that was interrupted, a pending one first; <see langword="null"/> if none was.</summary>
    public RunRecord? Last => Pending ?? _runs.LastOrDefault();

    /// <summary>Whether a run leaves something for the next upgrade to do.</summary>
    public bool HasOpen => _runs.Exists(r => r.IsOpen);

    /// <summary>What the runs had left and is removed.</summary>
    public Leftovers Leftovers { get; private set; } = new([], []);

    /// <summary>What to do about the last run.</summary>
    public string Advice =>
        Pending is { BackupPath: var backup }
            ? $"{Completion} Or restore the backup '{backup}' yourself with Restore-PosDatabase."
        : Last is { IsCancelled: true, BackupPath: var kept }
            ? $"It did not change the database. If the database still equals its backup '{kept}', the next run continues with it."
        : "It did not change the database. The next backup, upgrade or restore removes the files that it left.";

    /// <summary>Which command settles the pending run.</summary>
    public string Completion => Pending is { ChangesRows: true, Command: var command }
        ? $"Run {Again(command)}: it verifies the interrupted run or rolls it back."
        : "Run Invoke-PosTenantUpgrade with the same options: it completes the interrupted run or rolls it back.";

    /// <summary>What the next command would report, without changing anything; <see langword="null"/> if nothing was interrupted.</summary>
    public static string? Describe(string live)
    {
        string path = JournalFile.PathFor(live);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            InterruptedRuns interrupted = new(live, live, JournalFile.Read(path));
            return interrupted.Last is { } run ? $"{run.Text}. {interrupted.Advice}" : null;
        }
        catch (IOException)
        {
            // A command is running, and reports itself.
            return null;
        }
        catch (Exception exception) when (exception is PosTenancyException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }

    /// <summary>
    /// Whether an interrupted run needs a backup: to finish, to be rolled back, or to go on with. A journal that cannot be read may need
    /// every one.
    /// </summary>
    /// <param name="live">Full path of the database.</param>
    /// <param name="backupPath">Full path of the backup.</param>
    public static bool Need(string live, string backupPath)
    {
        string path = JournalFile.PathFor(live);
        try
        {
            return File.Exists(path) && new InterruptedRuns(live, live, JournalFile.Read(path))._runs.Exists(r =>
                r.BackupPath is null || string.Equals(r.BackupPath, backupPath, PathComparison.Kind));
        }
        catch (Exception exception) when (exception is IOException or PosTenancyException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    /// <summary>Whether every run is of one command.</summary>
    public bool AreAll(string command) => _runs.TrueForAll(r => r.Command == command);

    /// <summary>The runs that can be marked as ended.</summary>
    /// <param name="areSettled">Whether it is known what the open ones did.</param>
    public IEnumerable<RunRecord> Ended(bool areSettled) => _runs.Where(r => areSettled || !r.IsOpen);

    /// <summary>Removes their temporary files, and reports it.</summary>
    public void CleanUp(IProgress<StageProgress>? progress)
    {
        Leftovers = Leftovers.Remove(live, name, _runs);
        if (Last is not { } run)
        {
            return;
        }

        string removed = Leftovers.Removed.Count == 0
            ? ""
            : $" The files that it left were removed: {Names(Leftovers.Removed)}.";
        string remaining = Leftovers.Remaining.Count == 0
            ? ""
            : $" The files that it left could not be removed: {Names(Leftovers.Remaining)}.";
        string state = run.MayHaveCommitted ? "" : run.Command == "restore"
            ? " The database is intact: it is either the original or the backup."
            : " It did not change the database.";
        progress?.Report(
            new StageProgress(Stage.Plan, "Cleaning up after an interrupted run", live, 0, 0)
            {
                Notice = $"'{name}': {run.Text}.{state}{removed}{remaining}",
            });
    }

    /// <summary>The same command again; any other that changes tenants does as well.</summary>
    private static string Again(string command) => command switch
    {
        "rename" => "Rename-PosTenant again",
        "tenant restore" => "Restore-PosTenant again",
        "removal" => "Remove-PosTenant again",
        "completion" => "Complete-PosTenantMigration again",
        _ => "Import-PosTenant again, with any rows",
    };

    private static string Names(IEnumerable<string> paths) => string.Join(", ", paths.Select(p => $"'{p}'"));
}
