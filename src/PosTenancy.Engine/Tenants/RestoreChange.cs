using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.History;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Tenants;

/// <summary>
/// The restore of one tenant. Where its rows in a table differ from those of the source, they are deleted and those of the source written;
/// a table in which they are equal is left as it is.
/// </summary>
/// <param name="live">Full path of the database.</param>
/// <param name="options">What to restore, and how.</param>
internal sealed class RestoreChange(string live, TenantRestoreOptions options) : SliceChange(live, options)
{
    private const int MaxSharedNamed = 10;

    private RestoreSource? _source;
    private RestorePlan? _plan;
    private IReadOnlyList<MovedTable> _written = [];
    private long _growth;

    /// <inheritdoc/>
    public override string Command => "tenant restore";

    /// <summary>Full path of the backup or export.</summary>
    public string SourcePath { get; } = FilePath.Full(options.BackupPath);

    /// <summary>When it was made; <see langword="null"/> if it could not be read.</summary>
    public DateTimeOffset? SourceCreatedAt => _source?.CreatedAt;

    /// <summary>The rows that come back, go and change, table by table.</summary>
    public IReadOnlyList<RestoredTable> Restored { get; private set; } = [];

    /// <summary>The rows that did not fit.</summary>
    public IReadOnlyList<RestoreConflict> Conflicts => _plan?.Conflicts ?? [];

    /// <summary>Keys that get new values.</summary>
    public IReadOnlyList<RestoredKey> NewKeys => _plan?.NewKeys ?? [];

    /// <summary>Rows that are left out.</summary>
    public long RowsSkipped => _plan?.Removed ?? 0;

    /// <summary>The application's list of tenants, if the tenant's entry comes back; else <see langword="null"/>.</summary>
    public string? Registry => _plan?.Entry?.Table;

    /// <inheritdoc/>
    protected override string TenantId => options.TenantId;

    private string SourceTenantId => options.SourceTenantId ?? TenantId;

    /// <inheritdoc/>
    public override long EstimateGrowth() => _growth;

    /// <inheritdoc/>
    public override IReadOnlyList<CheckResult> CheckRows(DatabaseConnection connection, RunContext run)
    {
        run.Report("Comparing the rows with their source", StagePart.Statements);
        _source!.RequireUnchanged();
        return new RestoredRows(Live, new TenantSlice(connection, Layout.ColumnName, TenantId), Layout, _plan!).Check();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _plan?.Dispose();
        _source?.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override bool Plan(DatabaseConnection connection, IReadOnlyList<HistoryEntry> history, RunContext run)
    {
        TenantSlice here = new(connection, Layout.ColumnName, TenantId);
        RequireName(here, history);
        _source = RestoreSource.Open(SourcePath, Live, SourceTenantId, run);
        _source.Find(here, SourceTenantId, Layout, history, options.KeyMapPath);
        _plan = new RestorePlan(options, here, _source, Layout, table =>
        {
            run.Cancellation.ThrowIfCancellationRequested();
            run.Progress?.Report(new StageProgress(run.Stage, "Comparing rows", table.Name, 0, 0) { Part = StagePart.Schema });
        });
        Tables = _plan.Tables;
        _plan.Decide(history);
        Tables = _plan.Tables;
        Restored = _plan.CountRows();
        _written = [.. _plan.Changed.Select(_plan.Written)];
        _growth = EstimateGrowth(_plan.Changed.Sum(t => _plan.Desired[t].Rows));
        WarnOfShared(connection);
        return _plan.Changed.Count > 0 || _plan.Entry is not null;
    }

    /// <inheritdoc/>
    protected override void Change(DatabaseConnection connection, RecordedBackup backup, RunContext run)
    {
        // A row that violated a CHECK in the backup is restored as it was.
        using IDisposable checks = connection.Settings.IgnoreChecks();
        TenantSlice slice = new(connection, Layout.ColumnName, TenantId);
        long all = Math.Max(1, _written.Sum(t => _plan!.Desired[t.Table].Rows));
        long done = 0;
        foreach (MovedTable table in _written)
        {
            Progress(0);
            connection.Execute(
                $"DELETE FROM main.{Identifier.Quote(table.Table.Name)} AS t WHERE {slice.Condition("t")}", slice.Parameter);
            done += table.Copy(_plan!.Rows, slice, isBack: false, Progress);

            void Progress(long rows)
            {
                run.Cancellation.ThrowIfCancellationRequested();
                run.Progress?.Report(new StageProgress(run.Stage, "Restoring rows", table.Table.Name, done + rows, all)
                {
                    Part = StagePart.Statements,
                });
            }
        }

        _plan!.Entry?.Add(connection);
        if (_source!.ForgottenImport is { } import)
        {
            _ = HistoryWriter.WriteOwn(
                connection,
                new OwnRecord(
                    HistoryKind.Import,
                    import.Name,
                    import.Checksum!,
                    TenantId,
                    Layout.ColumnName,
                    import.AppliedAt ?? StartedAt,
                    import.BackupSha256!)
                {
                    Tables = (int)(import.Tables ?? 0),
                },
                static (_, _) => { });
        }
    }

    /// <inheritdoc/>
    protected override OwnRecord Record(RecordedBackup backup) => new(
        HistoryKind.Restore,
        Path.GetFileName(SourcePath),
        _plan!.Desired.Sha256,
        TenantId,
        Layout.ColumnName,
        StartedAt,
        backup.Manifest.Sha256)
    {
        Tables = _written.Count,
    };

    /// <summary>A tenant gets the rows of another name only if it exists, and the other does not any more.</summary>
    private void RequireName(TenantSlice here, IReadOnlyList<HistoryEntry> history)
    {
        if (SourceTenantId == TenantId)
        {
            return;
        }

        here.RequireTenant(Layout, history);
        if ((here with { TenantId = SourceTenantId }).HasRows(Layout))
        {
            throw Errors.SourceInvalid(
                SourcePath,
                $"would give '{TenantId}' the rows of '{SourceTenantId}', which is a tenant of '{Live}' itself",
                "Leave out -SourceTenantId if the tenant was not renamed.");
        }
    }

    /// <summary>Bytes that the rows may need, from their share of the source.</summary>
    private long EstimateGrowth(long rows) =>
        (long)(new FileInfo(SourcePath).Length * Math.Min(1, 2.0 * (rows + 1) / (_source!.AllRows + 1)));

    /// <summary>What all tenants share is not restored, even if it has changed since.</summary>
    private void WarnOfShared(DatabaseConnection connection)
    {
        HashSet<string> referenced = new(
            _plan!.Changed.SelectMany(t => t.ForeignKeys).Select(f => f.Parent), Identifier.Comparer);
        string[] different =
        [
            .. Layout.Shared
                .Where(t => referenced.Contains(t.Name) && Digest(connection, t) != Digest(_source!.Stored.Connection, t))
                .Select(t => t.Name),
        ];
        if (different.Length > 0)
        {
            Warnings.Add(
                $"Tables that all tenants share, and that restored rows reference, have other rows than in the source, and were left as " +
                $"they are: {ShortList.Join(different, MaxSharedNamed)}.");
        }

        RowDigest Digest(DatabaseConnection database, TableSchema table) => SliceDigest.Read(
            new TenantSlice(database, ColumnName: null, ""), MovedTable.Unchanged(table, Layout), isBack: false).All;
    }
}
