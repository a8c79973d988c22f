using PosTenancy.Engine.Files;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Journal;

/// <summary>
/// A small file beside the database for as long as a command works on it: says which stage it has reached, and which files are its own. One
/// that is still there when nobody is at work tells what was interrupted.
/// </summary>
/// <remarks>It is held open without sharing, so that of two commands only one gets it; the system lets go of it even if the process is
/// killed.</remarks>
internal sealed class RunJournal : IDisposable
{
    /// <summary>What the name of a journal has after that of its database.</summary>
    public const string Ending = ".postenancy-journal";

    /// <summary>What the names of temporary files and folders end with, after the random word of the run.</summary>
    public static readonly string[] TemporaryEndings = [Partial, Rehearsal, Restore, Recovery, Copy];

    /// <summary>A file that gets another name once it is whole.</summary>
    public const string Partial = "partial";

    /// <summary>The folder of a rehearsal.</summary>
    public const string Rehearsal = "rehearsal";

    /// <summary>The file that a restore is about to put in the place of the database.</summary>
    public const string Restore = "restore";

    /// <summary>The folder in which the remains of another program's crash are tried.</summary>
    private const string Recovery = "recovery";

    /// <summary>The folder of the copy that an isolation test writes to.</summary>
    private const string Copy = "copy";

    private const string CopyEnding = ".isolation";
    private const string IsolationTest = "isolation test";

    /// <summary>No journal of ours comes near this.</summary>
    private const int MaxLength = 1 << 24;

    private readonly string _live;

    /// <summary>What the names of the journal and of the temporary files begin with: that of the database, or of a copy of it.</summary>
    private readonly string _name;
    private readonly string _command;
    private readonly IProgress<StageProgress>? _progress;
    private readonly List<RunRecord> _interrupted;
    private FileStream? _stream;
    private RunRecord? _preliminary;
    private RunRecord? _run;
    private bool _earlierIsSettled;

    private RunJournal(
        string live, string name, string command, FileStream? stream, IReadOnlyList<RunRecord> runs, IProgress<StageProgress>? progress)
    {
        _live = live;
        _name = name;
        _command = command;
        _progress = progress;
        _stream = stream;
        _interrupted = [.. runs.Where(r => !r.HasEnded)];
    }

    /// <summary>A run that may have changed the live file before it was interrupted; <see langword="null"/> if there is none.</summary>
    public RunRecord? Pending => _interrupted.LastOrDefault(r => r.MayHaveCommitted);

    /// <summary>The last run that was interrupted; <see langword="null"/> if none was.</summary>
    public RunRecord? Interrupted => Pending ?? _interrupted.LastOrDefault();

    /// <summary>Whether <see cref="Begin"/> was called.</summary>
    public bool HasBegun => _run is not null;

    /// <summary>What interrupted runs had left and is gone now.</summary>
    public Leftovers Leftovers { get; private set; } = new([], []);

    private static string PathFor(string name) => name + Ending;

    private static string CopyName(string live, string folder) => Path.Combine(folder, Path.GetFileName(live)) + CopyEnding;

    /// <summary>
    /// Finds out whether a command was interrupted, removes the temporary files that it left, and keeps others from beginning one. Writes
    /// nothing if there is no journal.
    /// </summary>
    /// <param name="live">Full path of the database, which may be missing.</param>
    /// <param name="command">What is to be done: <c>upgrade</c>, <c>migration</c>, <c>backup</c> or <c>restore</c>.</param>
    /// <param name="progress">Told in words what was found.</param>
    /// <exception cref="PosTenancyException">Another command is at work, or the file is no journal.</exception>
    public static RunJournal Open(string live, string command, IProgress<StageProgress>? progress)
    {
        RunJournal journal = Open(live, live, command, progress);
        try
        {
            journal.CleanUp();
            RemoveCopies(live, Path.GetDirectoryName(live)!, progress);
            return journal;
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Begins the journal of a copy of the database, which is worked on while other commands may be at work on the file; of those that were
    /// interrupted, the copies are removed.
    /// </summary>
    /// <param name="live">Full path of the database.</param>
    /// <param name="folder">Full path of the folder that the copy goes to.</param>
    /// <param name="progress">Told in words what was found.</param>
    public static RunJournal BeginCopy(string live, string folder, IProgress<StageProgress>? progress)
    {
        RemoveCopies(live, folder, progress);
        while (true)
        {
            string name = FreeName.Find(CopyName(live, folder), "-", n => File.Exists(PathFor(n)));
            RunJournal journal = new(live, name, IsolationTest, stream: null, [], progress);
            try
            {
                journal.Begin();
                journal.Enter(Stage.Isolation);
                return journal;
            }
            catch (PosTenancyException exception) when (exception.ErrorId == ErrorIds.DatabaseInUse)
            {
                // Another test took the name first.
            }
            catch
            {
                journal.Close();
                throw;
            }
        }
    }

    /// <summary>What the next command would say, without changing anything; <see langword="null"/> if nothing was interrupted.</summary>
    public static string? Describe(string live)
    {
        string path = PathFor(live);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
            IReadOnlyList<RunRecord> runs = JournalLines.Read(path, Content(path, stream), out _);
            RunJournal journal = new(live, live, command: "", stream: null, runs, progress: null);
            return journal.Interrupted is { } run ? $"{run.Text}. {journal.WhatToDo}" : null;
        }
        catch (IOException)
        {
            // Somebody is at work, and will say what there is to say.
            return null;
        }
        catch (Exception exception) when (exception is PosTenancyException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }

    /// <summary>Writes down that a command begins. Nothing of its own may be created before this.</summary>
    /// <param name="destination">The folder of its backup.</param>
    /// <param name="options">What a migration is to do.</param>
    public void Begin(string? destination = null, MigrationOptions? options = null) => FileErrors.Guard(_live, () =>
    {
        string token = Guid.NewGuid().ToString("N").Substring(0, JournalLines.TokenLength);
        RunRecord run = new(_command, token, DateTimeOffset.Now, destination, options is null ? null : RecordedOptions.From(options));
        bool isNew = false;
        try
        {
            if (_stream is null)
            {
                _stream = OpenAlone(_live, _name, FileMode.CreateNew);
                isNew = true;
                if (File.Exists(_live))
                {
                    DurableFile.CopyPermissions(_live, PathFor(_name));
                }
            }

            Append(JournalLines.Begin(run));
            if (isNew)
            {
                DurableFile.SyncFolderOf(_name);
            }
        }
        catch when (isNew)
        {
            // It is ours, and tells of nothing yet. One that could not be created is somebody else's.
            Dispose();
            _stream = null;
            File.Delete(PathFor(_name));
            throw;
        }

        return _run = run;
    });

    /// <summary>The folder of a copy; nobody has created it yet.</summary>
    public string CopyFolder => Temporary(_name, Copy);

    /// <summary>A name for a temporary file, which proves whose it is.</summary>
    /// <param name="path">What the file is for.</param>
    /// <param name="ending">One of <see cref="TemporaryEndings"/>.</param>
    public string Temporary(string path, string ending) => $"{path}.{(_run ?? _preliminary)!.Token}.{ending}";

    /// <summary>
    /// A name for the folder in which remains are tried, which may be necessary before it is known whether the command begins at all.
    /// </summary>
    public string RecoveryFolder()
    {
        if (_run is null && _preliminary is null)
        {
            Begin();
            (_preliminary, _run) = (_run, null);
        }

        return Temporary(_name, Recovery);
    }

    /// <summary>Writes down how far the command has come, before it goes on.</summary>
    /// <param name="stage">What it is about to do.</param>
    /// <param name="backupPath">The backup that there will be, or is.</param>
    /// <param name="sha256">Its hash.</param>
    /// <param name="keptPath">The name that the replaced file will have.</param>
    public void Enter(Stage stage, string? backupPath = null, string? sha256 = null, string? keptPath = null) =>
        FileErrors.Guard(
            _live,
            () =>
            {
                Append(JournalLines.Stage(_run!.Token, stage, backupPath, sha256, keptPath));
                return _run = _run.At(stage, backupPath, sha256, keptPath);
            });

    /// <summary>Says that it is known what became of the runs that were interrupted before this one.</summary>
    public void SettleEarlier() => _earlierIsSettled = true;

    /// <summary>
    /// Runs a command, removes its temporary files, and closes its journal when it has come to an end that leaves nothing open.
    /// </summary>
    /// <param name="command">The command. What it throws goes on.</param>
    public T Keep<T>(Func<T> command)
    {
        T result;
        try
        {
            result = command();
        }
        catch (PosTenancyException exception) when (exception.ErrorId is ErrorIds.RollbackFailed or ErrorIds.RestoreFailed)
        {
            // What became of the database is still open; what the run has left besides is of no use to anybody.
            _ = TryRemoveTemporaries(Own);
            throw;
        }
        catch (OperationCanceledException exception)
        {
            throw new CommandCancelledException(_live, Cancel(), exception);
        }
        catch
        {
            Close();
            throw;
        }

        Close();
        return result;
    }

    /// <inheritdoc/>
    public void Dispose() => _stream?.Dispose();

    private IEnumerable<RunRecord> Own => new[] { _preliminary, _run }.OfType<RunRecord>();

    private string WhatToDo =>
        Pending is { BackupPath: var backup }
            ? $"Run Invoke-PosTenantUpgrade with the same options: it finishes what was interrupted or takes it back. Or take it back yourself with Restore-PosDatabase and the backup '{backup}'."
        : Interrupted is { IsCancelled: true, BackupPath: var kept }
        ? $"The database was not changed by it. If it still is its backup '{kept}', the next upgrade goes on with that one."
        : "The database was not changed by it. The next backup, upgrade or restore removes what it left.";

    private static byte[] Content(string path, FileStream stream)
    {
        if (stream.Length > MaxLength)
        {
            throw Errors.JournalInvalid(path, "it is larger than any journal");
        }

        byte[] content = new byte[stream.Length];
        stream.Position = 0;
        _ = FileBlocks.Fill(stream, content, 0, content.Length);
        return content;
    }

    /// <summary>The journal with that name, nothing being changed by that but a line that was torn.</summary>
    private static RunJournal Open(string live, string name, string command, IProgress<StageProgress>? progress)
    {
        string path = PathFor(name);
        if (!File.Exists(path))
        {
            return new RunJournal(live, name, command, stream: null, [], progress);
        }

        FileStream stream = FileErrors.Guard(live, () => OpenAlone(live, name, FileMode.Open));
        try
        {
            return FileErrors.Guard(live, () =>
            {
                IReadOnlyList<RunRecord> runs = JournalLines.Read(path, Content(path, stream), out int whole);
                if (whole < stream.Length)
                {
                    stream.SetLength(whole);
                }

                stream.Position = whole;
                return new RunJournal(live, name, command, stream, runs, progress);
            });
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Removes the copies that isolation tests have left which were interrupted, and says so.</summary>
    private static void RemoveCopies(string live, string folder, IProgress<StageProgress>? progress)
    {
        string name = CopyName(live, folder);
        foreach (string path in Journals().Where(p => p.StartsWith(name, PathComparison.Kind)))
        {
            try
            {
                using RunJournal journal = Open(live, path.Substring(0, path.Length - Ending.Length), IsolationTest, progress);

                // The database of another shop may have the name of our copy.
                if (journal._interrupted.TrueForAll(r => r.Command == IsolationTest))
                {
                    journal.CleanUp();
                    journal.Close();
                }
            }
            catch (PosTenancyException)
            {
                // A test is at work with it, or it is not ours. No copy is a reason not to do what was asked for.
            }
        }

        string[] Journals()
        {
            try
            {
                return Directory.GetFiles(folder, "*" + CopyEnding + "*" + Ending);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // What the folder lacks, the command itself will say.
                return [];
            }
        }
    }

    private static FileStream OpenAlone(string live, string name, FileMode mode)
    {
        string path = PathFor(name);
        if (mode == FileMode.Open && new FileInfo(path).Attributes.HasFlag(FileAttributes.ReparsePoint))
        {
            throw Errors.JournalInvalid(path, "it is a link to another file");
        }

        FileStream stream;
        try
        {
            stream = mode == FileMode.CreateNew
                ? DurableFile.Create(path, length: 0, FileShare.None)
                : new FileStream(path, mode, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        }
        catch (IOException exception)
            when (exception is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException) && File.Exists(path))
        {
            throw Errors.CommandAtWork(live, OpenFileProcesses.FindOthers(path).Phrase, exception);
        }

        // Whoever had it may have removed it between its being opened and its being held.
        if (Unix.Stat($"/proc/self/fd/{stream.SafeFileHandle.DangerousGetHandle()}") is { Identity: var held } &&
            Unix.Stat(path)?.Identity.IsSameFile(held) != true)
        {
            stream.Dispose();
            throw Errors.CommandAtWork(live, processes: null, inner: null);
        }

        return stream;
    }

    private void Append(byte[] line)
    {
        long before = _stream!.Position;
        try
        {
            DurableFile.Write(_stream, line, line.Length);
            _stream.Flush(flushToDisk: true);
        }
        catch (IOException)
        {
            // Half a line would spoil the next one.
            _stream.SetLength(before);
            _stream.Position = before;
            throw;
        }
    }

    private void CleanUp()
    {
        Leftovers = Leftovers.Remove(_live, _name, _interrupted);
        if (Interrupted is not { } run)
        {
            return;
        }

        string removed = Leftovers.Removed.Count == 0 ? "" : $" What it had left was removed: {Names(Leftovers.Removed)}.";
        string remaining = Leftovers.Remaining.Count == 0 ? "" : $" What it had left could not be removed: {Names(Leftovers.Remaining)}.";
        string state = run.MayHaveCommitted ? "" : run.Command == "restore"
            ? " The database is whole: the one that it was, or the backup."
            : " The database was not changed by it.";
        _progress?.Report(
            new StageProgress(Stage.Plan, "Cleaning up after an interrupted run", _live, 0, 0)
            {
                Notice = $"'{_name}': {run.Text}.{state}{removed}{remaining}",
            });
    }

    private static string Names(IEnumerable<string> paths) => string.Join(", ", paths.Select(p => $"'{p}'"));

    /// <summary>Closes the journal of a command that was cancelled; it stays if the next command can resume with its backup.</summary>
    /// <returns>What there is to say about it.</returns>
    private string Cancel()
    {
        if (Pending is { } earlier && !_earlierIsSettled)
        {
            Close();
            return $"The {_command} of '{_live}' was cancelled, and the database was not changed by it. {earlier.Text}. {WhatToDo}";
        }

        CancellationOutcome cancelled = CancellationOutcome.Inspect(_live, _command, _run, _progress);
        if (cancelled.IsOpen)
        {
            _ = TryRemoveTemporaries(Own);
            Dispose();
        }
        else
        {
            Close(cancelled.IsBackup ? _run : null);
        }

        return cancelled.Text;
    }

    /// <summary>
    /// Removes the journal; not if it tells of something that is still open. What fails here does no harm: the next command finds that the
    /// run has ended, or looks at the database once more.
    /// </summary>
    /// <param name="kept">A run that was cancelled and has a backup to go on with: the journal stays for it.</param>
    private void Close(RunRecord? kept = null)
    {
        if (_stream is null)
        {
            return;
        }

        List<RunRecord> ended = [.. _interrupted.Where(r => _earlierIsSettled || !r.IsOpen), .. Own];
        if (TryRemoveTemporaries(ended))
        {
            try
            {
                try
                {
                    ended.ForEach(r => Append(r == kept ? JournalLines.Cancelled(r.Token) : JournalLines.End(r.Token)));
                }
                finally
                {
                    // The lines are for a journal that stays, because it tells of more or cannot be removed.
                    if (kept is null && (_earlierIsSettled || !_interrupted.Exists(r => r.IsOpen)))
                    {
                        Remove();
                    }
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // See above.
            }
        }

        Dispose();
        _stream = null;
    }

    private bool TryRemoveTemporaries(IEnumerable<RunRecord> runs)
    {
        try
        {
            return Leftovers.Remove(_live, _name, runs).Remaining.Count == 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The folder cannot be read any more.
            return false;
        }
    }

    /// <summary>
    /// While it is still held, so that nobody begins with a journal that goes in the next moment; Windows removes no file that is open.
    /// </summary>
    private void Remove()
    {
        if (!Unix.IsAvailable)
        {
            Dispose();
        }

        MomentaryHold.Outlast(() => File.Delete(PathFor(_name)));
    }
}
