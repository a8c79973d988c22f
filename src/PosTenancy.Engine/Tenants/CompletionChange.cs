using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.History;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Tenants;

/// <summary>The end of the DEFAULT as one change of a database.</summary>
/// <param name="live">Full path of the database.</param>
/// <param name="options">How.</param>
internal sealed class CompletionChange(string live, TenantCompletionOptions options) : SliceChange(live, options)
{
    private const int MaxNamed = 10;

    private readonly Dictionary<string, long> _stored = new(Identifier.Comparer);
    private IReadOnlyDictionary<string, OlderRows>? _older;
    private bool _isRehearsed;
    private string _backup = "";

    /// <inheritdoc/>
    public override string Command => "completion";

    /// <summary>The tables that are changed.</summary>
    public IReadOnlyList<CompletedTable> Completed { get; private set; } = [];

    /// <summary>What fails without the DEFAULT.</summary>
    public IReadOnlyList<AffectedStatement> Affected { get; private set; } = [];

    /// <summary>The tenant of the DEFAULT in most tables; empty if none is known.</summary>
    public string DefaultTenant { get; private set; } = "";

    /// <summary>The columns that are changed.</summary>
    public IReadOnlyList<CompletedColumn> Columns =>
    [
        .. Completed.Select(t => new CompletedColumn(
            t.Table.Name, t.TenantId, _stored.TryGetValue(t.Table.Name, out long rows) ? rows : 0, t.AllowedNull)),
    ];

    /// <inheritdoc/>
    protected override string TenantId => DefaultTenant;

    /// <summary>
    /// As if no row stored its tenant yet. Rows are written in their order, so that pages that are split fill up again: measured, a table
    /// grew by 1.2 times the bytes of the tenants.
    /// </summary>
    public override long EstimateGrowth() =>
        Completed.Sum(t => RowsOf(t) * (System.Text.Encoding.UTF8.GetByteCount(t.TenantId ?? "") + 4) * 3 / 2) +
        ((Completed.Count + 2L) * 2 * Layout.Schema.PageSize);

    /// <inheritdoc/>
    public override IReadOnlyList<CheckResult> CheckRows(DatabaseConnection connection, RunContext run)
    {
        if (run.Stage == Stage.Rehearsal)
        {
            // A copy needs no ROLLBACK: its checks run once, on the committed file.
            _isRehearsed = true;
            return [];
        }

        CompletionChecks checks = new(Live, Completed, Completed.Count, Layout.ColumnName, run);
        CheckResult[] found = [checks.Required(connection), checks.StoredInTransaction(connection)];
        if (_isRehearsed)
        {
            return found;
        }

        using DatabaseConnection before = DatabaseConnection.OpenImmutable(_backup, run.Cancellation);
        return [.. found, checks.Unchanged(before, connection)];
    }

    /// <inheritdoc/>
    protected override bool Plan(DatabaseConnection connection, IReadOnlyList<HistoryEntry> history, RunContext run)
    {
        Completed = CompletedTable.Find(connection, Layout);
        DefaultTenant = Completed
            .Select(t => t.TenantId)
            .OfType<string>()
            .GroupBy(t => t, StringComparer.Ordinal)
            .OrderByDescending(g => g.Count())
            .FirstOrDefault()?.Key
            ?? history.LastOrDefault(e => e.Kind == nameof(HistoryKind.Complete))?.TenantId
            ?? "";
        if (Completed.Count == 0)
        {
            return false;
        }

        RequireWritable(connection);
        RequireTenants(connection);
        Tables =
        [
            .. Completed
                .Select(t => (t.Table.Name, Rows: t.Slice(connection)?.Count(t.Table.Name) ?? 0))
                .Where(t => t.Rows > 0)
                .Select(t => new ChangedTable(t.Name, t.Rows, t.Rows)),
        ];
        Warn(connection);
        Affected = DefaultDependents.Find(connection, Layout, Completed, run);
        if (Affected.Count == 0)
        {
            return true;
        }

        string named = ShortList.Join([.. Affected.Select(a => a.ToString())], MaxNamed, separator: "; ", last: "; and ");
        if (!options.Force)
        {
            throw Errors.StatementsNeedTenant(Live, Layout.ColumnName, named);
        }

        Warnings.Add($"These count on the DEFAULT, and fail without it: {named}.");
        return true;
    }

    /// <inheritdoc/>
    protected override void Change(DatabaseConnection connection, RecordedBackup backup, RunContext run)
    {
        _backup = backup.Path;
        _older ??= ReadOlderRows(run);
        foreach (CompletedTable table in Completed)
        {
            run.Report($"Storing the tenant in the rows of {table.Table.Name}", StagePart.Statements);
            _stored[table.Table.Name] = table.StoreTenant(connection, _older[table.Table.Name]);
        }

        TableTexts.Replace(connection, Completed.ToDictionary(t => t.Table.Name, t => t.NewSql, Identifier.Comparer));
    }

    /// <inheritdoc/>
    protected override OwnRecord Record(RecordedBackup backup) => new(
        HistoryKind.Complete,
        Name: null,
        Checksum.Compute(string.Join(";\n", Completed.Select(t => t.NewSql))),
        DefaultTenant,
        Layout.ColumnName,
        StartedAt,
        backup.Manifest.Sha256)
    {
        Tables = Completed.Count,
    };

    private long RowsOf(CompletedTable table) => Tables.FirstOrDefault(t => t.Table == table.Table.Name)?.RowsBefore ?? 0;

    /// <summary>The backup has the same pages as the database before the change.</summary>
    private IReadOnlyDictionary<string, OlderRows> ReadOlderRows(RunContext run)
    {
        using DatabaseConnection before = DatabaseConnection.OpenImmutable(_backup, run.Cancellation);
        using FileStream file = FileBlocks.Open(_backup);
        return OlderRows.Read(
            before,
            file,
            Completed.Select(t => t.Table.Name),
            Layout.ColumnName,
            table => run.Report($"Reading the rows of {table}", StagePart.Statements));
    }

    private void RequireWritable(DatabaseConnection connection)
    {
        string[] problems =
        [
            .. from table in Completed
               let problem = table.Problem(connection)
               where problem is not null
               select $"{table.Table.Name} cannot be written without the application ({problem})",
        ];
        if (problems.Length > 0)
        {
            throw Errors.CompletionRefused(
                Live, ShortList.Join(problems, MaxNamed), "Name tables that all tenants share with -ReferenceTable to leave them out.");
        }
    }

    /// <summary>Refuses rows without a tenant: the column cannot become NOT NULL.</summary>
    private void RequireTenants(DatabaseConnection connection)
    {
        string column = Identifier.Quote(Layout.ColumnName);
        string[] missing =
        [
            .. from table in Completed
               where table.AllowedNull
               let rows = connection.Scalar($"SELECT count(*) FROM main.{Identifier.Quote(table.Table.Name)} AS t WHERE t.{column} IS NULL")
               where rows > 0
               select $"{table.Table.Name} has {rows} {(rows == 1 ? "row" : "rows")} without a tenant",
        ];
        if (missing.Length > 0)
        {
            throw Errors.CompletionRefused(
                Live, ShortList.Join(missing, MaxNamed), "Give these rows a tenant with Invoke-PosTenantUpgrade first.");
        }
    }

    private void Warn(DatabaseConnection connection)
    {
        string[] tenants = [.. Completed.Select(t => t.TenantId).OfType<string>().Distinct(StringComparer.Ordinal)];
        if (tenants.Length > 1)
        {
            Warnings.Add(
                $"The DEFAULT is not the same in all tables: {string.Join(
                    "; ",
                    tenants.Select(t => $"'{t}' in {ShortList.Join(
                        [.. Completed.Where(c => c.TenantId == t).Select(c => c.Table.Name)], MaxNamed)}"))}.");
        }

        TenantExpectation expectation = SharedTables.AddTo(
            new TenantExpectation(TenantId: null, Layout.ColumnName, []) { ReferenceTable = options.ReferenceTable }, connection);
        string[] without =
        [
            .. TenantTables.Expected(Layout.Schema, expectation).Where(t => !Layout.Tables.Contains(t)).Select(t => t.Name),
        ];
        if (without.Length > 0)
        {
            Warnings.Add(
                $"These tables have no column {Layout.ColumnName}, so an INSERT into them names no tenant: " +
                $"{ShortList.Join(without, MaxNamed)}. Upgrade them with Invoke-PosTenantUpgrade, or name them with -ReferenceTable if " +
                "all tenants share them.");
        }
    }
}
