using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Backup;

/// <summary>
/// A small file beside the database for as long as a command works on it: says which stage it has reached, and which files are its own. One
/// that is still there when nobody is at work tells what was interrupted.
/// </summary>
/// <remarks>It is held open without sharing, so that of two commands only one gets it; the system lets go of it even if the process is killed.</remarks>
internal sealed class RunJournal : IDisposable
{
    /// <summary>What the name of a journal has after that of its database.</summary>
    public const string Ending = ".postenancy-journal";

    /// <summary>Of a file that is being written, of the folder of a rehearsal, of the file that will replace the database.</summary>
    public static readonly string[] TemporaryEndings = [Partial, Rehearsal, Restore];

    /// <summary>A file that gets another name once it is whole.</summary>
    public const string Partial = "partial";

    /// <summary>The folder of a rehearsal.</summary>
    public const string Rehearsal = "rehearsal";

    /// <summary>The file that a restore is about to put in the place of the database.</summary>
    public const string Restore = "restore";

    /// <summary>No journal of ours comes near this.</summary>
    private const int MaxLength = 1 << 24;

    private readonly string _live;
    private readonly List<JournaledRun> _interrupted;
    private FileStream? _stream;
    private JournaledRun? _run;
    private bool _earlierIsSettled;

    private RunJournal(string live, FileStream? stream, IReadOnlyList<JournaledRun> runs)
    {
        _live = live;
        _stream = stream;
        _interrupted = [.. runs.Where(r => !r.HasEnded)];
    }

    /// <summary>A run that may have changed the live file before it was interrupted; <see langword="null"/> if there is none.</summary>
    public JournaledRun? Pending => _interrupted.LastOrDefault(r => r.MayHaveCommitted);

    /// <summary>The last run that was interrupted; <see langword="null"/> if none was.</summary>
    public JournaledRun? Interrupted => Pending ?? _interrupted.LastOrDefault();

    /// <summary>Whether <see cref="Begin"/> was called.</summary>
    public bool HasBegun => _run is not null;

    /// <summary>What interrupted runs had left and is gone now.</summary>
    public Leftovers Leftovers { get; private set; } = new([], []);

    private static string PathFor(string live) => live + Ending;

    /// <summary>
    /// Finds out whether a command was interrupted, removes the temporary files that it left, and keeps others from beginning one. Writes nothing if
    /// there is no journal.
    /// </summary>
    /// <param name="live">Full path of the database, which may be missing.</param>
    /// <param name="progress">Told in words what was found.</param>
    /// <exception cref="PosTenancyException">Another command is at work, or the file is no journal.</exception>
    public static RunJournal Open(string live, IProgress<StageProgress>? progress)
    {
        string path = PathFor(live);
        if (!File.Exists(path))
        {
            return new RunJournal(live, stream: null, []);
        }

        FileStream stream = FileErrors.Guard(live, () => OpenAlone(live, FileMode.Open));
        try
        {
            IReadOnlyList<JournaledRun> runs = FileErrors.Guard(live, () =>
            {
                IReadOnlyList<JournaledRun> read = JournalLines.Read(path, Content(path, stream), out int whole);
                if (whole < stream.Length)
                {
                    stream.SetLength(whole);
                }

                stream.Position = whole;
                return read;
            });
            RunJournal journal = new(live, stream, runs);
            journal.CleanUp(progress);
            return journal;
        }
        catch
        {
            stream.Dispose();
            throw;
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
            RunJournal journal = new(live, stream: null, JournalLines.Read(path, Content(path, stream), out _));
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
    /// <param name="command">What it is.</param>
    /// <param name="destination">The folder of its backup.</param>
    /// <param name="options">What a migration is to do.</param>
    public void Begin(string command, string? destination = null, MigrationOptions? options = null) => FileErrors.Guard(_live, () =>
    {
        string token = Guid.NewGuid().ToString("N").Substring(0, JournalLines.TokenLength);
        JournaledRun run = new(command, token, DateTimeOffset.Now, destination, options is null ? null : JournaledOptions.Of(options));
        bool isNew = false;
        try
        {
            if (_stream is null)
            {
                _stream = OpenAlone(_live, FileMode.CreateNew);
                isNew = true;
                if (File.Exists(_live))
                {
                    DurableFile.CopyPermissions(_live, PathFor(_live));
                }
            }

            Append(JournalLines.Begin(run));
            if (isNew)
            {
                DurableFile.SyncFolderOf(_live);
            }
        }
        catch when (isNew)
        {
            // It is ours, and tells of nothing yet. One that could not be created is somebody else's.
            Dispose();
            _stream = null;
            File.Delete(PathFor(_live));
            throw;
        }

        return _run = run;
    });

    /// <summary>A name for a temporary file, which proves whose it is.</summary>
    /// <param name="path">What the file is for.</param>
    /// <param name="ending">One of <see cref="TemporaryEndings"/>.</param>
    public string Temporary(string path, string ending) => $"{path}.{_run!.Token}.{ending}";

    /// <summary>Writes down how far the command has come, before it goes on.</summary>
    /// <param name="stage">What it is about to do.</param>
    /// <param name="backupPath">The backup that there will be, or is.</param>
    /// <param name="sha256">Its hash.</param>
    /// <param name="keptPath">The name that the replaced file will have.</param>
    public void Enter(Stage stage, string? backupPath = null, string? sha256 = null, string? keptPath = null) => FileErrors.Guard(_live, () =>
    {
        Append(JournalLines.Stage(_run!.Token, stage, backupPath, sha256, keptPath));
        return _run = _run.At(stage, backupPath, sha256, keptPath);
    });

    /// <summary>Says that it is known what became of the runs that were interrupted before this one.</summary>
    public void SettleEarlier() => _earlierIsSettled = true;

    /// <summary>Runs a command, removes its temporary files, and closes its journal when it has come to an end that leaves nothing open.</summary>
    /// <param name="command">The command. What it throws goes on.</param>
    public T Keep<T>(Func<T> command)
    {
        T result;
        try
        {
            result = command();
        }
        catch (Exception exception) when (exception is not PosTenancyException { ErrorId: ErrorIds.RollbackFailed or ErrorIds.RestoreFailed })
        {
            Close();
            throw;
        }

        Close();
        return result;
    }

    /// <inheritdoc/>
    public void Dispose() => _stream?.Dispose();

    private string WhatToDo => Pending is { BackupPath: var backup }
        ? $"Run Invoke-PosTenantUpgrade with the same options: it finishes what was interrupted or takes it back. Or take it back yourself with Restore-PosDatabase and the backup '{backup}'."
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

    private static FileStream OpenAlone(string live, FileMode mode)
    {
        string path = PathFor(live);
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
        catch (IOException exception) when (exception is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException) && File.Exists(path))
        {
            throw Errors.CommandAtWork(live, OpenFileProcesses.FindOthers(path).Phrase, exception);
        }

        // Whoever had it may have removed it between its being opened and its being held.
        if (Unix.Identify($"/proc/self/fd/{stream.SafeFileHandle.DangerousGetHandle()}") is { } held && Unix.Identify(path)?.IsSameFile(held) != true)
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

    private void CleanUp(IProgress<StageProgress>? progress)
    {
        Leftovers = Leftovers.Remove(_live, _interrupted);
        if (Interrupted is not { } run)
        {
            return;
        }

        string removed = Leftovers.Removed.Count == 0 ? "" : $" What it had left was removed: {Names(Leftovers.Removed)}.";
        string remaining = Leftovers.Remaining.Count == 0 ? "" : $" What it had left could not be removed: {Names(Leftovers.Remaining)}.";
        string state = run.MayHaveCommitted ? "" : run.Command == "restore"
            ? " The database is whole: the one that it was, or the backup."
            : " The database was not changed by it.";
        progress?.Report(new StageProgress(Stage.Plan, "Cleaning up after an interrupted run", _live, 0, 0) { Notice = $"'{_live}': {run.Text}.{state}{removed}{remaining}" });
    }

    private static string Names(IEnumerable<string> paths) => string.Join(", ", paths.Select(p => $"'{p}'"));

    /// <summary>
    /// Removes the journal; not if it tells of something that is still open. What fails here does no harm: the next command finds that the run has
    /// ended, or looks at the database once more.
    /// </summary>
    private void Close()
    {
        if (_stream is null)
        {
            return;
        }

        List<JournaledRun> ended = [.. _interrupted.Where(r => _earlierIsSettled || !r.MayHaveCommitted)];
        if (_run is not null)
        {
            ended.Add(_run);
        }

        try
        {
            if (Leftovers.Remove(_live, ended).Remaining.Count == 0)
            {
                try
                {
                    ended.ForEach(r => Append(JournalLines.End(r.Token)));
                }
                finally
                {
                    // The lines are for a journal that stays, because it tells of more or cannot be removed.
                    if (_earlierIsSettled || Pending is null)
                    {
                        Remove();
                    }
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // See above.
        }

        Dispose();
        _stream = null;
    }

    /// <summary>While it is still held, so that nobody begins with a journal that goes in the next moment; Windows removes no file that is open.</summary>
    private void Remove()
    {
        if (!Unix.IsAvailable)
        {
            Dispose();
        }

        File.Delete(PathFor(_live));
    }
}
