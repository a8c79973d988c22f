using System.Diagnostics;
using PosTenancy.Engine.Backup;
using PosTenancy.Engine.History;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Tenants;

/// <summary>
/// A change of one tenant. What it did is in the history of the database, which is all that its proof needs to know of it.
/// </summary>
/// <param name="live">Full path of the database.</param>
/// <param name="options">How.</param>
internal abstract class SliceChange(string live, TenantChangeOptions options) : TenantChange, IDisposable
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private TenantLayout? _layout;

    /// <summary>Full path of the database.</summary>
    protected string Live => live;

    /// <summary>The tables of the database, once it was read.</summary>
    protected TenantLayout Layout => _layout!;

    /// <summary>The tenant that the change is about.</summary>
    protected abstract string TenantId { get; }

    /// <summary>The tenant's rows, table by table.</summary>
    public IReadOnlyList<ChangedTable> Tables { get; protected set; } = [];

    /// <summary>What there is to say that stops nothing.</summary>
    public List<string> Warnings { get; } = [];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Files => [];

    /// <inheritdoc/>
    public sealed override bool Prepare(DatabaseConnection connection, RunContext run)
    {
        _layout = TenantLayout.Read(connection, options.ColumnName, options.ReferenceTable);
        return Plan(connection, TenantHistory.Read(connection, live, historyTable: null), run);
    }

    /// <inheritdoc/>
    public sealed override bool Apply(DatabaseConnection connection, RecordedBackup backup, RunContext run, bool isFirst)
    {
        using IDisposable quiet = connection.Settings.DisableTriggers();
        if (connection.Scalar($"SELECT count(*) FROM main.sqlite_schema WHERE name = '{HistoryPlan.OwnTable}'") == 0)
        {
            connection.Execute(OwnHistory.CreateSql);
        }

        Change(connection, backup, run);
        VirtualTables.Rebuild(connection, Layout);
        _ = HistoryWriter.WriteOwn(connection, Record(backup), static (_, _) => { });
        return true;
    }

    /// <inheritdoc/>
    public override void WriteFiles(RunJournal journal)
    {
    }

    /// <summary>Closes what was opened to plan the change.</summary>
    public virtual void Dispose()
    {
    }

    /// <inheritdoc/>
    public sealed override IReadOnlyList<CheckResult> CheckFile(ExclusiveDatabase database, RecordedBackup backup, RunContext run) =>
        RecordedChange.Check(live, database, backup, options.ReferenceTable, run)!;

    /// <summary>Decides what to do.</summary>
    /// <returns>Whether there is anything to do.</returns>
    /// <exception cref="PosTenancyException">It is refused.</exception>
    protected abstract bool Plan(DatabaseConnection connection, IReadOnlyList<HistoryEntry> history, RunContext run);

    /// <summary>Carries it out in the open transaction, in which no trigger fires and no foreign key acts.</summary>
    protected abstract void Change(DatabaseConnection connection, RecordedBackup backup, RunContext run);

    /// <summary>What the history of the database records of it.</summary>
    protected abstract OwnRecord Record(RecordedBackup backup);

    /// <summary>The tenant's rows in each table that has some, which a change leaves as many as they are.</summary>
    protected IReadOnlyList<ChangedTable> CountRows(DatabaseConnection connection)
    {
        TenantSlice slice = new(connection, Layout.ColumnName, TenantId);
        return
        [
            .. Layout.Tables.Select(t => (t.Name, Rows: slice.Count(t.Name))).Where(t => t.Rows > 0)
                .Select(t => new ChangedTable(t.Name, t.Rows, t.Rows)),
        ];
    }

    /// <summary>A result with what every change of a tenant has.</summary>
    /// <param name="result">The result with what only it has.</param>
    /// <param name="outcome">How it ended.</param>
    public TenantChangeResult Complete(TenantChangeResult result, ChangeOutcome outcome)
    {
        bool isDone = outcome.Status == TenantChangeStatus.Succeeded;
        return result with
        {
            Status = outcome.Status,
            StartedAt = StartedAt,
            Duration = _watch.Elapsed,
            Backup = outcome.Backup,
            Rehearsal = outcome.Rehearsal,
            Tables = Tables,
            Warnings = Warnings,
            Checks = outcome.Checks,
            ProvedBy = isDone ? outcome.ProvedBy : null,
            Recovery = outcome.Recovery,
            Error = isDone ? null : outcome.Error,
        };
    }

    /// <summary>Reads what the change would do, without writing.</summary>
    /// <exception cref="PosTenancyException">It would be refused.</exception>
    public void Preview(CancellationToken cancellation)
    {
        DatabaseFile file = DatabaseFile.InspectUnused(live, options.LockTimeout ?? TimeSpan.Zero, progress: null, cancellation);
        _ = DatabaseReader.Read(
            file.Path,
            reader =>
            {
                _ = BackupDestination.Require(file, options.Destination);
                return Prepare(reader, new RunContext(live, Stage.Plan, Journal: null, Progress: null, cancellation));
            },
            cancellation);
    }
}
