using System.Diagnostics;
using System.Globalization;
using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.History;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Tenants;

/// <summary>The removal of a tenant as a change of its database.</summary>
/// <param name="live">Full path of the database.</param>
/// <param name="options">Which tenant, and how.</param>
internal sealed class RemovalChange(string live, TenantRemovalOptions options) : SliceChange(live, options)
{
    private TenantRegistry? _registry;
    private RecordedBackup? _backup;
    private RunContext? _run;
    private IReadOnlyList<(string Table, long Rows)> _totals = [];
    private long _growth;

    /// <inheritdoc/>
    public override string Command => "removal";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Files =>
        ExportPath is null ? [] : [ExportPath, BackupManifest.PathFor(ExportPath)];

    /// <summary>Full path of the export that is made; <see langword="null"/> for none.</summary>
    public string? ExportPath { get; private set; }

    /// <summary>The export, once it was made.</summary>
    public TenantExportResult? Export { get; private set; }

    /// <summary>The tables of no tenant that keep values of it, as far as they could be read before.</summary>
    public IReadOnlyList<TenantHolder> HeldByTables { get; private set; } = [];

    /// <summary>Whether the tenant was removed before, as thoroughly as is wanted.</summary>
    public bool IsDone { get; private set; }

    /// <summary>The history of the database before.</summary>
    public IReadOnlyList<HistoryEntry> History { get; private set; } = [];

    /// <inheritdoc/>
    protected override string TenantId => options.TenantId;

    /// <summary>An export, and a file that is written again: once beside the database, and once in its journal.</summary>
    public override long EstimateGrowth() => _growth;

    /// <inheritdoc/>
    public override void WriteFiles(RunJournal journal)
    {
        if (ExportPath is null)
        {
            return;
        }

        // From the backup, which is what the database was before the rows were deleted.
        RunContext run = _run!;
        DatabaseFile source = DatabaseFile.Inspect(_backup!.Path);
        using DatabaseConnection reader = DatabaseConnection.OpenImmutable(_backup.Path, run.Cancellation);
        ExportTarget target = new(
            Live, source, ExportPath, journal.Temporary(ExportPath, TemporaryEnding.Copy), StartedAt);
        Export = TenantExport.Write(reader, target, ExportOptions, new StageOfRun(run), run.Cancellation);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<CheckResult> CheckRows(DatabaseConnection connection, RunContext run)
    {
        Stopwatch watch = Stopwatch.StartNew();
        Dictionary<string, long> removed = Tables.ToDictionary(t => t.Table, t => t.RowsBefore, Identifier.Comparer);
        List<string> problems =
        [
            .. from total in _totals
               let expected = total.Rows - (removed.TryGetValue(total.Table, out long rows) ? rows : 0)
               let now = Count(connection, total.Table)
               where now != expected
               select $"{total.Table} has {now} rows instead of {expected}",
        ];
        return
        [
            new CheckResult(
                Live,
                "RowsRemoved",
                "Rows removed",
                "as many rows fewer in each table as the tenant had",
                $"{removed.Values.Sum()} rows removed from {removed.Count} tables",
                problems.Count == 0 ? CheckStatus.Passed : CheckStatus.Failed,
                ShortList.Join(problems, most: 10, separator: "; "),
                watch.Elapsed),
        ];
    }

    /// <inheritdoc/>
    public override void Finish(ExclusiveDatabase database, RunContext run)
    {
        if (options.Erase)
        {
            RewrittenFile.Write(database, run.Journal!.Temporary(database.File.Path, TemporaryEnding.Copy), run);
        }
    }

    /// <inheritdoc/>
    protected override bool Plan(DatabaseConnection connection, IReadOnlyList<HistoryEntry> history, RunContext run)
    {
        History = history;
        Tables = [.. CountRows(connection).Select(t => t with { RowsAfter = 0 })];
        _registry = RemovalProof.FindRegistry(connection, Layout, TenantId);
        TenantSlice slice = new(connection, Layout.ColumnName, TenantId);
        if (Tables.Count == 0 && _registry is null)
        {
            if (LastRemoval() is { } removal && (removal.Kind == nameof(HistoryKind.Erase) || !options.Erase))
            {
                Warnings.Add($"The tenant '{TenantId}' was removed already, on {removal.AppliedAt:yyyy-MM-dd HH:mm:ss zzz}.");
                IsDone = true;
                return false;
            }

            // What was removed before can still be erased: its name is in the history, and its bytes may be in free pages.
            if (!options.Erase || history.All(h => h.TenantId != TenantId))
            {
                slice.RequireTenant(Layout, history);
            }
        }

        new RemovalRules(slice, Layout, _registry).Require(options.Force);
        _totals = [.. Layout.Tables.Select(t => (t.Name, Count(connection, t.Name)))];
        TenantValues values = new(slice, Layout, _registry, TenantNames.Read(history, TenantId));
        PlanExport(connection, values.Length);
        _growth += options.Erase ? values.Length : values.Length / 2;
        HeldByTables = new HeldValues(values, options.Erase, run).Find();
        foreach (TenantHolder holder in HeldByTables.Where(h => !IsOwnHistory(h)))
        {
            Warnings.Add($"{holder.Path} keeps {holder.Detail}. {holder.HowToRemove}");
        }

        return true;
    }

    /// <inheritdoc/>
    protected override void Change(DatabaseConnection connection, RecordedBackup backup, RunContext run)
    {
        _backup = backup;
        _run = run;
        if (options.Erase)
        {
            RewrittenFile.Prepare(connection);
        }

        TenantSlice slice = new(connection, Layout.ColumnName, TenantId);
        long all = Math.Max(1, Tables.Sum(t => t.RowsBefore));
        long done = 0;
        foreach (ChangedTable table in Tables)
        {
            run.Cancellation.ThrowIfCancellationRequested();
            run.Progress?.Report(new StageProgress(run.Stage, $"Removing {TenantId}", table.Table, done, all)
            {
                Part = StagePart.Statements,
                Next = done + table.RowsBefore,
            });
            connection.Execute(
                $"DELETE FROM main.{Identifier.Quote(table.Table)} AS t WHERE {slice.Condition("t")}", slice.Parameter);
            done += table.RowsBefore;
        }

        if (_registry is not null)
        {
            connection.Execute(
                $"DELETE FROM main.{Identifier.Quote(_registry.Table.Name)} " +
                $"WHERE {Identifier.Quote(_registry.Column)} = ?1 COLLATE BINARY",
                TenantId);
        }

        if (options.Erase)
        {
            Forget(connection);
        }
    }

    /// <inheritdoc/>
    protected override OwnRecord Record(RecordedBackup backup) => new(
        options.Erase ? HistoryKind.Erase : HistoryKind.Remove,
        Name: null,
        Checksum.Compute(string.Join("\n", Tables.Select(t => $"{t.Table} {t.RowsBefore.ToString(CultureInfo.InvariantCulture)}"))),
        options.Erase ? ErasedName.From(TenantId) : TenantId,
        Layout.ColumnName,
        StartedAt,
        backup.Manifest.Sha256)
    {
        Tables = Tables.Count,
    };

    /// <summary>What else has its names, or values as samples.</summary>
    private void Forget(DatabaseConnection connection)
    {
        foreach (string former in TenantNames.Read(History, TenantId).Skip(1))
        {
            connection.Execute(
                $"UPDATE main.{HistoryPlan.OwnTable} SET {OwnHistory.Name} = ?3 " +
                $"WHERE {OwnHistory.Kind} = '{HistoryKind.Rename}' AND {OwnHistory.TenantId} = ?1 AND {OwnHistory.Name} = ?2",
                TenantId,
                former,
                ErasedName.From(former));
        }

        connection.Execute(
            $"UPDATE main.{HistoryPlan.OwnTable} SET {OwnHistory.TenantId} = ?2 WHERE {OwnHistory.TenantId} = ?1",
            TenantId,
            ErasedName.From(TenantId));
        foreach (string statistics in HeldValues.SampleTables.Where(t => Layout.Schema.FindTable(t) is not null))
        {
            foreach (string table in Layout.Tables.Select(t => t.Name).Concat(_registry is null ? [] : [_registry.Table.Name]))
            {
                connection.Execute($"DELETE FROM main.{statistics} WHERE tbl = ?1 COLLATE NOCASE", table);
            }
        }
    }

    private TenantExportOptions ExportOptions => new(TenantId)
    {
        Destination = options.Destination,
        ColumnName = options.ColumnName,
        ReferenceTable = options.ReferenceTable,
    };

    /// <summary>Requires that the tenant can be exported, and gives the export a name.</summary>
    private void PlanExport(DatabaseConnection connection, long length)
    {
        if (options.SkipExport || Tables.Count == 0)
        {
            return;
        }

        ExportedSlice export = ExportedSlice.Read(connection, ExportOptions);
        _growth = export.EstimateLength(length);
        Warnings.AddRange(export.Warnings);
        string folder = options.Destination is null ? Path.GetDirectoryName(Live)! : FilePath.Full(options.Destination);
        ExportPath = TenantExport.PathFor(Live, folder, TenantId, StartedAt);
    }

    private HistoryEntry? LastRemoval() => History.LastOrDefault(e => e.TenantId == TenantId || e.TenantId == ErasedName.From(TenantId)) is
        { Kind: nameof(HistoryKind.Remove) or nameof(HistoryKind.Erase) } last
            ? last
            : null;

    private static long Count(DatabaseConnection connection, string table) =>
        connection.Scalar($"SELECT count(*) FROM main.{Identifier.Quote(table)}");

    private static bool IsOwnHistory(TenantHolder holder) => holder.Path.StartsWith(HistoryPlan.OwnTable + ".", StringComparison.Ordinal);

    /// <summary>Reports the export as work of the stage in which it is made.</summary>
    private sealed class StageOfRun(RunContext run) : IProgress<StageProgress>
    {
        public void Report(StageProgress value) =>
            run.Progress?.Report(value with { Stage = run.Stage, Part = StagePart.None });
    }
}
