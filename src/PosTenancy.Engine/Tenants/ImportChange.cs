using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.History;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Tenants;

/// <summary>The import of sources as one change of a database.</summary>
/// <param name="live">Full path of the database.</param>
/// <param name="specs">The sources.</param>
/// <param name="options">How.</param>
internal sealed class ImportChange(string live, IReadOnlyList<TenantSource> specs, TenantImportOptions options) : TenantChange, IDisposable
{
    private readonly List<ImportSource?> _sources = [];
    private readonly List<Failure?> _unopened = [];
    private TenantLayout _layout = null!;

    public override string Command => "import";

    public override IReadOnlyList<string> Files => [.. Active.Select(s => s.KeyMapPath)];

    private IEnumerable<ImportSource> Active => _sources.OfType<ImportSource>().Where(s => s.IsActive);

    public override bool Prepare(DatabaseConnection connection, RunContext run)
    {
        Open(connection, run.Progress, run.Cancellation);
        HashSet<string> taken = [];
        foreach (ImportSource source in Active)
        {
            source.KeyMapPath = KeyMapFile.PathFor(live, StartedAt, taken);
            _ = taken.Add(source.KeyMapPath);
        }

        return Active.Any();
    }

    /// <summary>Reads everything that can be told without writing.</summary>
    public void Preview(DatabaseConnection connection, CancellationToken cancellation)
    {
        Open(connection, progress: null, cancellation);
        foreach (ImportSource source in Active.ToList())
        {
            Try(source, () => source.Plan(connection, _layout, options.SharedRows, new DanglingReferences(connection)));
        }
    }

    public override long EstimateGrowth() => Active.Sum(s => 2 * new FileInfo(s.Path).Length);

    public override bool Apply(DatabaseConnection connection, RecordedBackup backup, RunContext run, bool isFirst)
    {
        using IDisposable quiet = connection.Settings.DisableTriggers();
        if (connection.Scalar($"SELECT count(*) FROM main.sqlite_schema WHERE name = '{HistoryPlan.OwnTable}'") == 0)
        {
            connection.Execute(OwnHistory.CreateSql);
        }

        List<ImportSource> sources = [.. Active];
        DanglingReferences others = new(connection);
        for (int i = 0; i < sources.Count; i++)
        {
            ImportSource source = sources[i];
            string which = sources.Count == 1 ? "" : FormattableString.Invariant($": {i + 1:N0} of {sources.Count:N0}");
            StageProgress copying = new(run.Stage, $"Importing {source.TenantId}{which}", null, i, sources.Count)
            {
                Part = StagePart.Statements,
            };
            run.Progress?.Report(copying);
            if (isFirst)
            {
                connection.Execute("SAVEPOINT source");
                if (Try(source, () => Import(source, connection, backup, run, copying, isFirst ? others : null)))
                {
                    connection.Execute("RELEASE source");
                }
                else
                {
                    connection.Execute("ROLLBACK TO source");
                    connection.Execute("RELEASE source");
                }
            }
            else
            {
                source.Timed(() => Import(source, connection, backup, run, copying, isFirst ? others : null));
            }
        }

        if (!Active.Any())
        {
            return false;
        }

        VirtualTables.Rebuild(connection, _layout);
        return true;
    }

    public override void WriteFiles(RunJournal journal)
    {
        foreach (ImportSource source in Active)
        {
            string partial = journal.Temporary(source.KeyMapPath, TemporaryEnding.Partial);
            DurableFile.WriteNew(partial, source.KeyMap);
            DurableFile.CopyPermissions(live, partial);
            DurableFile.Publish(partial, source.KeyMapPath);
        }
    }

    public override IReadOnlyList<CheckResult> CheckRows(DatabaseConnection connection, RunContext run)
    {
        foreach (ImportSource source in Active)
        {
            source.RequireUnchanged();
        }

        return [];
    }

    public override IReadOnlyList<CheckResult> CheckFile(ExclusiveDatabase database, RecordedBackup backup, RunContext run) =>
        new ChangedFile(
            live,
            database,
            backup,
            _layout,
            new FileChange
            {
                After = [.. Active.Select(s => s.TenantId)],
                Growth = FileChange.Sum(Active.SelectMany(s => s.Imported.Select(t => (t.Table, t.Rows)))),
                AddsShared = Active.Any(s => s.Shared is { Missing: > 0 }),
            },
            run).Check();

    /// <summary>One result per source, in their order.</summary>
    public IReadOnlyList<TenantImportResult> Results(ChangeOutcome outcome) =>
        [.. specs.Select((spec, i) => Result(spec, _sources.ElementAtOrDefault(i), _unopened.ElementAtOrDefault(i), outcome))];

    public void Dispose() => _sources.ForEach(s => s?.Dispose());

    private TenantImportResult Result(TenantSource spec, ImportSource? source, Failure? unopened, ChangeOutcome outcome)
    {
        Failure? refusal = unopened ?? source?.Refusal;
        bool isThere = source?.IsThere == true;
        TenantChangeStatus status = refusal is not null ? TenantChangeStatus.Refused
            : isThere ? TenantChangeStatus.AlreadyImported
            : outcome.Status;
        bool isDone = status == TenantChangeStatus.Succeeded;
        return new TenantImportResult(
            live,
            source?.Path ?? FilePath.Full(spec.Path),
            spec.TenantId,
            status,
            StartedAt,
            source?.Duration ?? TimeSpan.Zero)
        {
            Backup = outcome.Backup,
            Rehearsal = outcome.Rehearsal,
            RowsImported = isDone ? source!.Imported.Sum(t => t.Rows) : 0,
            RowsShared = isDone ? source!.Shared!.Same : 0,
            RowsAdded = isDone ? source!.Shared!.Missing : 0,
            KeysMapped = isDone ? source!.Imported.Sum(t => t.KeysMapped) : 0,
            KeyMapPath = isDone && source!.KeyMap.Length > 0 || isThere ? source!.KeyMapPath : null,
            KeyMapLength = isDone ? source!.KeyMap.Length : 0,
            Tables = source?.Imported ?? [],
            Warnings = source?.Warnings ?? [],
            Checks = refusal is null && !isThere ? [.. source?.Checks ?? [], .. outcome.Checks] : source?.Checks ?? [],
            RunChecks = refusal is null && !isThere ? outcome.Checks : [],
            ProvedBy = isDone ? outcome.ProvedBy : null,
            Recovery = outcome.Recovery,
            Error = refusal ?? (isThere || isDone ? null : outcome.Error),
        };
    }

    private void Open(DatabaseConnection connection, IProgress<StageProgress>? progress, CancellationToken cancellation)
    {
        _layout = TenantLayout.Read(connection, options.ColumnName, options.ReferenceTable);
        IReadOnlyList<HistoryEntry> history = TenantHistory.Read(connection, live, historyTable: null);
        TimeSpan patience = options.LockTimeout ?? ExclusiveDatabase.DefaultTimeout;
        foreach (TenantSource spec in specs)
        {
            try
            {
                ImportSource source = ImportSource.Open(spec, live, patience, progress, cancellation);
                _sources.Add(source);
                _unopened.Add(null);
                _ = Try(source, () =>
                {
                    source.Match(connection, _layout);
                    source.IsThere = IsThere(source, connection, history);
                });
            }
            catch (PosTenancyException exception)
            {
                _sources.Add(null);
                _unopened.Add(Failure.From(exception));
            }
        }
    }

    /// <summary>Whether the rows of a source were imported for its tenant already.</summary>
    /// <exception cref="PosTenancyException">The tenant has other rows.</exception>
    private bool IsThere(ImportSource source, DatabaseConnection connection, IReadOnlyList<HistoryEntry> history)
    {
        HistoryEntry? import = history.LastOrDefault(e => e.Kind == nameof(HistoryKind.Import) && e.TenantId == source.TenantId);
        bool hasRows = new TenantSlice(connection, options.ColumnName, source.TenantId).HasRows(_layout);
        if (import is not null)
        {
            string path = Path.Combine(Path.GetDirectoryName(live)!, import.Name!);
            KeyMapFile map = KeyMapFile.Read(live, source.TenantId, path, import.Checksum!);

            // A source without rows is there if it was imported; one with rows is not any more if they are gone.
            if ((hasRows || map.Tables.All(t => t.Rows == 0)) && map.SourceDigest == source.ReadDigest(_layout))
            {
                source.KeyMapPath = path;
                return true;
            }
        }

        return hasRows ? throw Errors.TenantExists(live, source.TenantId, source.Path) : false;
    }

    private void Import(
        ImportSource source,
        DatabaseConnection connection,
        RecordedBackup backup,
        RunContext run,
        StageProgress copying,
        DanglingReferences? others)
    {
        bool isFirst = others is not null;
        TenantSlice slice = new(connection, options.ColumnName, source.TenantId);
        if (isFirst)
        {
            source.Plan(connection, _layout, options.SharedRows, others!);
            source.Warnings.AddRange(TenantViews.Warn(connection, _layout));
        }

        long all = Math.Max(1, source.Imported.Sum(t => t.Rows));
        source.Copy(slice, (table, rows) =>
        {
            run.Cancellation.ThrowIfCancellationRequested();
            run.Progress?.Report(copying with
            {
                Item = table,
                Completed = (copying.Completed * 1000) + (rows * 1000 / all),
                Total = copying.Total * 1000,
            });
        });
        if (isFirst)
        {
            source.KeyMap = new KeyMapFile
            {
                Database = live,
                TenantId = source.TenantId,
                ColumnName = options.ColumnName,
                Source = source.Path,
                SourceTenantId = source.Rows.ColumnName is null ? null : source.Rows.TenantId,
                ImportedAt = StartedAt,
                Rules = source.StoredRules,
                Declarations = source.Declarations.All,
                Tables = source.Digests,
            }.ToBytes();
        }

        _ = HistoryWriter.WriteOwn(
            connection,
            new OwnRecord(
                HistoryKind.Import,
                Path.GetFileName(source.KeyMapPath),
                Checksum.Compute(source.KeyMap),
                source.TenantId,
                options.ColumnName,
                StartedAt,
                backup.Manifest.Sha256)
            {
                Tables = source.Imported.Count(t => t.Rows > 0),
            },
            (_, _) => { });
        IReadOnlyList<CheckResult> checks = ImportedRows.FromSource(live, slice, _layout, source).Check();
        source.Checks = checks;
        List<CheckResult> failed = [.. checks.Where(c => c.Status == CheckStatus.Failed)];
        if (failed.Count > 0)
        {
            throw Errors.RehearsalFailed(source.Path, CheckResults.Summary(failed));
        }
    }

    private static bool Try(ImportSource source, Action work)
    {
        try
        {
            source.Timed(work);
            return true;
        }
        catch (PosTenancyException exception)
            when (exception.ErrorId is not (ErrorIds.InsufficientDiskSpace or ErrorIds.InputOutput))
        {
            source.Refuse(exception);
            return false;
        }
    }
}
