using PosTenancy.Engine.Files;

namespace PosTenancy.Engine.Journal;

/// <summary>
/// The record of a running command, in a small file beside the database: the stage that it has reached, and the files that are its own. A
/// file that outlives its command tells the next one what was interrupted.
/// </summary>
internal sealed class RunJournal : IDisposable
{
    private readonly string _live;

    /// <summary>What the names of the journal and of the temporary files begin with: that of the database, or of a copy of it.</summary>
    private readonly string _name;
    private readonly string _command;
    private readonly IProgress<StageProgress>? _progress;
    private JournalFile? _file;
    private RunRecord? _preliminary;
    private RunRecord? _run;
    private bool _earlierIsSettled;

    /// <summary>A journal that is open already, or that is created when the command begins to write.</summary>
    /// <param name="live">Full path of the database.</param>
    /// <param name="name">What the names of the journal and of the temporary files begin with.</param>
    /// <param name="command">What is to be done.</param>
    /// <param name="file">The journal of earlier runs; <see langword="null"/> if there is none.</param>
    /// <param name="progress">Receives progress reports.</param>
    public RunJournal(string live, string name, string command, JournalFile? file, IProgress<StageProgress>? progress)
    {
        _live = live;
        _name = name;
        _command = command;
        _progress = progress;
        _file = file;
        Earlier = new InterruptedRuns(live, name, file?.Runs ?? []);
    }

    /// <summary>The runs before this one that did not end.</summary>
    public InterruptedRuns Earlier { get; }

    /// <summary>Whether <see cref="Begin"/> was called.</summary>
    public bool HasBegun => _run is not null;

    /// <summary>
    /// Finds out whether a command was interrupted, removes the temporary files that it left, and keeps others from beginning one. Writes
    /// nothing if there is no journal.
    /// </summary>
    /// <param name="live">Full path of the database, which may be missing.</param>
    /// <param name="command">What is to be done: <c>upgrade</c>, <c>migration</c>, <c>backup</c> or <c>restore</c>.</param>
    /// <param name="progress">Receives a notice of what was found.</param>
    /// <exception cref="PosTenancyException">Another command is running, or the file is not a journal.</exception>
    public static RunJournal Open(string live, string command, IProgress<StageProgress>? progress)
    {
        RunJournal journal = new(live, live, command, JournalFile.Open(live, live), progress);
        try
        {
            journal.Earlier.CleanUp(progress);
            CopyJournals.Remove(live, Path.GetDirectoryName(live)!, progress);
            return journal;
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>Writes down that a command begins. Nothing of its own may be created before this.</summary>
    /// <param name="destination">The folder of its backup.</param>
    /// <param name="options">What a migration is to do.</param>
    /// <param name="changesRows">Whether rows of tenants are to be changed.</param>
    public void Begin(string? destination = null, MigrationOptions? options = null, bool changesRows = false) => FileErrors.Guard(
        _live,
        () =>
    {
        string token = Guid.NewGuid().ToString("N").Substring(0, JournalLines.TokenLength);
        RunRecord run = new(_command, token, DateTimeOffset.Now, destination, options is null ? null : RecordedOptions.From(options))
        {
            ChangesRows = changesRows,
        };
        bool isNew = false;
        try
        {
            if (_file is null)
            {
                _file = JournalFile.Create(_live, _name);
                isNew = true;
            }

            _file.Append(JournalLines.Begin(run));
            if (isNew)
            {
                DurableFile.SyncFolderOf(_name);
            }
        }
        catch when (isNew)
        {
            // It has no line yet. One that could not be created belongs to another command.
            Dispose();
            File.Delete(_file!.Path);
            _file = null;
            throw;
        }

        return _run = run;
    });

    /// <summary>Path of the folder for a copy; it does not exist yet.</summary>
    public string CopyFolder => Temporary(_name, TemporaryEnding.Copy);

    /// <summary>A name for a temporary file, which proves whose it is.</summary>
    /// <param name="path">What the file is for.</param>
    /// <param name="ending">One of <see cref="TemporaryEnding"/>.</param>
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

        return Temporary(_name, TemporaryEnding.Recovery);
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
                _file!.Append(JournalLines.Stage(_run!.Token, stage, backupPath, sha256, keptPath));
                return _run = _run.At(stage, backupPath, sha256, keptPath);
            });

    /// <summary>Writes down which files belong to what will be committed, before the first of them is created.</summary>
    public void Own(IReadOnlyList<string> files) => FileErrors.Guard(
        _live,
        () =>
        {
            _file!.Append(JournalLines.Files(_run!.Token, files));
            return _run = _run with { Files = files };
        });

    /// <summary>Says that it is known what became of the runs that were interrupted before this one.</summary>
    public void SettleEarlier() => _earlierIsSettled = true;

    /// <summary>Runs a whole command, and then closes the journal.</summary>
    /// <param name="command">The command. What it throws goes on.</param>
    public T Keep<T>(Func<T> command)
    {
        T result = default!;
        Step(() => result = command());
        Close();
        return result;
    }

    /// <summary>
    /// Runs a step of a command. If it fails, the command is over: its temporary files are removed, and the journal is closed unless it
    /// tells of something that is still open.
    /// </summary>
    /// <param name="step">The step. What it throws goes on.</param>
    /// <exception cref="CommandCancelledException">It was cancelled; the message says what the file is now.</exception>
    public void Step(Action step)
    {
        try
        {
            step();
        }
        catch (PosTenancyException exception) when (exception.ErrorId is ErrorIds.RollbackFailed or ErrorIds.RestoreFailed)
        {
            // The state of the database is still unknown, so the journal stays. The temporary files of the run are useless.
            _ = TryRemoveTemporaries(Runs);
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
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    private IEnumerable<RunRecord> Runs => new[] { _preliminary, _run }.OfType<RunRecord>();

    /// <summary>Closes the journal of a command that was cancelled; it stays if the next command can resume with its backup.</summary>
    /// <returns>What there is to say about it.</returns>
    private string Cancel()
    {
        if (Earlier.Pending is { } earlier && !_earlierIsSettled)
        {
            Close();
            return $"The {_command} of '{_live}' was cancelled and did not change the database. {earlier.Text}. {Earlier.Advice}";
        }

        CancellationOutcome cancelled = CancellationOutcome.Inspect(_live, _command, _run, _progress);
        if (cancelled.IsOpen)
        {
            _ = TryRemoveTemporaries(Runs);
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
    /// run has ended, or inspects the database again.
    /// </summary>
    /// <param name="kept">A run that was cancelled and has a backup to go on with: the journal stays for it.</param>
    public void Close(RunRecord? kept = null)
    {
        if (_file is null)
        {
            return;
        }

        List<RunRecord> ended = [.. Earlier.Ended(_earlierIsSettled), .. Runs];
        if (TryRemoveTemporaries(ended))
        {
            try
            {
                try
                {
                    ended.ForEach(r => _file.Append(r == kept ? JournalLines.Cancelled(r.Token) : JournalLines.End(r.Token)));
                }
                finally
                {
                    // The lines are for a journal that stays, because it tells of more or cannot be removed.
                    if (kept is null && (_earlierIsSettled || !Earlier.HasOpen))
                    {
                        _file.Remove();
                    }
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // See above.
            }
        }

        Dispose();
        _file = null;
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
}
