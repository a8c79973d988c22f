using System.Diagnostics;
using PosTenancy.Engine.Guards;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Isolation;

/// <summary>Runs every operation on every table for the tenant and for the canary, and combines the results.</summary>
internal sealed class IsolationRun
{
    private static readonly IsolationOperation[] OnTables =
    [
        IsolationOperation.Insert,
        IsolationOperation.Select,
        IsolationOperation.Update,
        IsolationOperation.Delete,
        IsolationOperation.UnknownTenant,
    ];

    // Time per row in each kind of statement, relative to a row that is only counted.
    private const int UpdateEffort = 12;
    private const int DeleteEffort = 8;
    private const int JoinEffort = 4;

    private readonly TestedDatabase _database;
    private readonly IProgress<StageProgress>? _progress;
    private readonly ReadProbe _reads;
    private readonly bool _withGuard;
    private readonly Dictionary<(string Table, IsolationOperation Operation, bool IsCanary), ProbeOutcome> _written = [];
    private readonly Dictionary<string, RowShares> _shares = new(Identifier.Comparer);
    private readonly Dictionary<string, string> _unreadable = new(Identifier.Comparer);
    private IReadOnlyDictionary<string, PlantedRow> _planted = new Dictionary<string, PlantedRow>(Identifier.Comparer);
    private readonly long _total;
    private long _done;

    public IsolationRun(TestedDatabase database, bool withGuard, IProgress<StageProgress>? progress)
    {
        _withGuard = withGuard;
        _database = database;
        _progress = progress;
        _reads = new ReadProbe(database);
        _total = database.UnindexedReferences.Sum(r => Rows(r.Child)) +
            database.Tables.Sum(t => 1 + (2 * Rows(t)) + Both(t, UpdateEffort) + Both(t, DeleteEffort)) +
            database.References.Where(r => r.Parent is not null).Sum(r => 2 * Rows(r.Child) * JoinEffort);
    }

    public List<IsolationResult> Run()
    {
        Report("Indexing foreign keys on the copy", null, effort: 0);
        _database.IndexReferences(reference =>
            Report($"Indexing the foreign key to {reference.ParentName} on the copy", reference.Child.Name, Rows(reference.Child)));
        TouchedRows touched = new(_database);
        _planted = CanaryPlanting.Run(
            _database,
            touched,
            group => Report("Inserting a row of the canary tenant", group[0].Name, group.Count));
        foreach (TenantTable table in _database.Tables)
        {
            Count(table);
        }

        WriteProbe writes = new(_database, touched, _planted);
        Write(writes, isCanary: true);
        touched.Watch(_database.TenantId);
        Write(writes, isCanary: false);

        List<IsolationResult> results = [];
        foreach (TableSchema table in _database.Schema.Tables)
        {
            results.AddRange(_database.Find(table.Name) is { } tenantTable ? Results(tenantTable) : Without(table));
        }

        if (_withGuard)
        {
            touched.Stop();
            TryGuard(results);
        }

        results.AddRange(
            ViewProbe
                .Run(_database)
                .Select(v => Result(v.View, IsolationOperation.Select, v.Status, v.Detail, $"SELECT * FROM {Identifier.Quote(v.View)}")));
        return results;
    }

    private static long Rows(TenantTable table) => table.Schema.Rows ?? 0;

    /// <summary>Effort of a statement for both tenants: the tenant, which owns most rows, and the canary.</summary>
    private static long Both(TenantTable table, int effort) => (effort * Rows(table)) + 1;

    private void Count(TenantTable table)
    {
        Report("Counting rows", table.Name, Rows(table));
        try
        {
            _shares[table.Name] = _reads.Count(table);
        }
        catch (PosTenancyException exception) when (exception.ErrorId == ErrorIds.SqliteError)
        {
            _unreadable[table.Name] = exception.Cause;
        }
    }

    private void Write(WriteProbe writes, bool isCanary)
    {
        string tenant = isCanary ? _database.CanaryId : _database.TenantId;
        foreach (TenantTable table in _database.Tables.Where(t => _shares.ContainsKey(t.Name)))
        {
            long own = isCanary ? _shares[table.Name].Canary : _shares[table.Name].Tenant;
            Report($"Updating rows of '{tenant}'", table.Name, isCanary ? 1 : UpdateEffort * Rows(table));
            _written[(table.Name, IsolationOperation.Update, isCanary)] = Measure(() => writes.Update(table, tenant, own));
            Report($"Deleting rows of '{tenant}'", table.Name, isCanary ? 1 : DeleteEffort * Rows(table));
            _written[(table.Name, IsolationOperation.Delete, isCanary)] = Measure(() => writes.Delete(table, tenant, own));
        }
    }

    private IEnumerable<IsolationResult> Results(TenantTable table)
    {
        Report("Reading as each tenant", table.Name, Rows(table));
        if (_unreadable.TryGetValue(table.Name, out string? problem))
        {
            return OnTables.Select(o =>
                Result(table.Name, o, CheckStatus.NotChecked, $"the table cannot be read without the application: {problem}", ""));
        }

        RowShares shares = _shares[table.Name];
        string from = $"{Identifier.Quote(table.Name)} {table.FilterText(_database.TenantId)}";
        long foreign = shares.Rows - shares.Tenant;
        return
        [
            Insert(table),
            Together(
                table,
                IsolationOperation.Select,
                $"SELECT * FROM {from}",
                foreign,
                Measure(() => _reads.Select(table, _database.TenantId, shares.Tenant)),
                Measure(() => _reads.Select(table, _database.CanaryId, shares.Canary))),
            Together(
                table,
                IsolationOperation.Update,
                WriteProbe.UpdateSql(table, Identifier.Quote(table.Name), table.FilterText(_database.TenantId)),
                foreign,
                _written[(table.Name, IsolationOperation.Update, false)],
                _written[(table.Name, IsolationOperation.Update, true)]),
            Together(
                table,
                IsolationOperation.Delete,
                $"DELETE FROM {from}",
                foreign,
                _written[(table.Name, IsolationOperation.Delete, false)],
                _written[(table.Name, IsolationOperation.Delete, true)]),
            .. _database.References.Where(r => r.Child == table).Select(Join),
            Together(
                table,
                IsolationOperation.UnknownTenant,
                $"SELECT * FROM {Identifier.Quote(table.Name)} {table.FilterText(_database.UnknownId)}",
                shares.Rows,
                Measure(() => _reads.Select(table, _database.UnknownId, own: 0) with { Concern = null }),
                canary: null),
        ];
    }

    /// <summary>Adds a result for each table to those of the same table.</summary>
    private void TryGuard(List<IsolationResult> results)
    {
        GuardProbe probe = new(_database);
        TenantTable[] tables = [.. _database.Tables.Where(t => _shares.ContainsKey(t.Name))];
        foreach (TenantTable table in tables)
        {
            Report("Writing without the guard", table.Name, effort: 0);
            probe.Prepare(table);
        }

        probe.Install(ConnectionGuard.Write(_database.GuardedTables, readViewPrefix: null).Sql);
        foreach (TenantTable table in tables)
        {
            Report("Writing with the guard", table.Name, effort: 0);
            Stopwatch watch = Stopwatch.StartNew();
            GuardFinding finding = probe.Try(table);
            IsolationResult result = Result(
                table.Name, IsolationOperation.Guard, finding.Status, finding.Detail, finding.Statement) with
            {
                Expected = finding.Tried,
                Actual = finding.Aborted,
                Leaked = finding.Reaching,
                CanaryRows = _shares[table.Name].Canary,
                Duration = watch.Elapsed,
            };
            results.Insert(results.FindLastIndex(r => r.Table == table.Name) + 1, result);
        }
    }

    /// <summary>Tests an INSERT without a tenant: its row goes to the tenant of the DEFAULT, which is the leak.</summary>
    private IsolationResult Insert(TenantTable table)
    {
        PlantedRow planted = _planted[table.Name];
        long canary = _shares[table.Name].Canary;
        bool hasRow = planted.Error is null && canary > 0;
        CheckStatus status = planted is { Touched.Crossed: > 0, IsCopy: false } ? CheckStatus.Failed
            : !hasRow || planted.Touched?.NotWatched is not null || planted.Touched is { Crossed: > 0 } ? CheckStatus.NotChecked
            : planted.Touched is { Added: > 0 } ? CheckStatus.Warning
            : CheckStatus.Passed;
        string detail = status switch
        {
            CheckStatus.Failed => $"the INSERT for '{_database.CanaryId}' touched rows of others: {planted.Touched!.Text}",
            CheckStatus.NotChecked => hasRow
                ? planted.Touched!.NotWatched ?? $"rows of others: {planted.Touched.Text}, {PlantedRow.WhyCopiesProveNothing}"
                : $"no canary row could be inserted: {planted.Error}",
            CheckStatus.Warning => $"a trigger assigned rows to another tenant: {planted.Touched!.Text}",
            _ => planted.Touched is null ? "a trigger inserted the row" : "",
        };
        return Result(table.Name, IsolationOperation.Insert, status, detail, planted.Statement) with
        {
            Expected = 1,
            Actual = hasRow ? 1 : 0,
            Leaked = table.Column.DefaultSql is null or "NULL" ? 0 : 1,
            CanaryRows = canary,
            Duration = planted.Duration,
        };
    }

    private IsolationResult Join(TenantReference reference)
    {
        TenantTable child = reference.Child;
        string statement =
            $"SELECT * FROM {Identifier.Quote(child.Name)} AS c JOIN {Identifier.Quote(reference.ParentName)} AS p ON " +
            $"{reference.On("c", "p")} WHERE c.{Identifier.Quote(child.Column.Name)} = {Identifier.Literal(_database.TenantId)}";
        IsolationResult result;
        if (reference.Parent is null)
        {
            string why = reference.ParentSchema is null ? "there is no such table"
                : _database.Skipped[reference.ParentSchema.Name] is { } reason ? $"it belongs to no tenant: {reason}"
                : $"it has no column {_database.ColumnName}";
            result = Result(child.Name, IsolationOperation.Join, CheckStatus.NotChecked, $"{reference.ParentName}: {why}", statement);
        }
        else
        {
            long leaked = 0;
            string activity = $"Following the foreign key to {reference.ParentName} as";
            Report($"{activity} '{_database.CanaryId}'", child.Name, JoinEffort * Rows(child));
            ProbeOutcome canary = Measure(() => _reads.Join(reference, _database.CanaryId).ProbeOutcome);
            Report($"{activity} '{_database.TenantId}'", child.Name, JoinEffort * Rows(child));
            ProbeOutcome tenant = Measure(() =>
            {
                (ProbeOutcome direction, leaked) = _reads.Join(reference, _database.TenantId);
                return direction;
            });
            if (tenant is { Error: null, Crossed: 0 } && leaked == 0)
            {
                tenant = tenant with { Error = "no row of another tenant is related by this key, so there was nothing to leak" };
            }

            result = Together(child, IsolationOperation.Join, statement, leaked, tenant, canary);
        }

        return result with { Related = reference.ParentName, Columns = reference.ColumnsText };
    }

    /// <summary>
    /// Combines the results of the tenant and the canary. Without a canary nothing is Passed: there was nothing to leak.
    /// </summary>
    private IsolationResult Together(
        TenantTable table,
        IsolationOperation operation,
        string statement,
        long leaked,
        ProbeOutcome tenant,
        ProbeOutcome? canary)
    {
        RowShares shares = _shares[table.Name];
        (string Id, ProbeOutcome ProbeOutcome)[] both = canary is null
            ? [(operation == IsolationOperation.UnknownTenant ? _database.UnknownId : _database.TenantId, tenant)]
            : [(_database.TenantId, tenant), (_database.CanaryId, canary)];
        string[] crossed = [.. both.Where(d => d.ProbeOutcome.Crossed > 0).Select(d => $"'{d.Id}': {d.ProbeOutcome.Text}")];
        string[] errors = [.. both.Where(d => d.ProbeOutcome.Error is not null).Select(d => $"'{d.Id}': {d.ProbeOutcome.Error}")];
        string[] concerns = [.. both.Where(d => d.ProbeOutcome.Concern is not null).Select(d => $"'{d.Id}': {d.ProbeOutcome.Concern}")];
        string? noCanary = shares.Canary > 0 ? null : "there is no canary row in the table, see Insert";
        (CheckStatus status, string[] details) = crossed.Length > 0 ? (CheckStatus.Failed, crossed)
            : noCanary is not null ? (CheckStatus.NotChecked, [noCanary])
            : errors.Length > 0 ? (CheckStatus.NotChecked, errors)
            : concerns.Length > 0 ? (CheckStatus.Warning, concerns)
            : (CheckStatus.Passed, Array.Empty<string>());
        return Result(table.Name, operation, status, string.Join("; ", details), statement) with
        {
            Expected = tenant.Expected,
            Actual = tenant.Actual,
            Leaked = tenant.Error is null || tenant.Actual is not null || leaked > 0 ? leaked : null,
            CanaryRows = shares.Canary,
            Duration = tenant.Duration + (canary?.Duration ?? TimeSpan.Zero),
        };
    }

    /// <summary>Tables without a tenant column. A table that should have one exposes every row to every tenant.</summary>
    private IEnumerable<IsolationResult> Without(TableSchema table)
    {
        if (_database.Skipped[table.Name] is not { } reason)
        {
            string what = table.FindColumn(_database.ColumnName) is null
                ? "has no column"
                : "cannot separate tenants by the computed column";
            return OnTables
                .Where(o => o != IsolationOperation.Insert)
                .Select(o =>
                    Result(
                        table.Name,
                        o,
                        CheckStatus.Failed,
                        $"{what} {_database.ColumnName}: every tenant sees and touches every row",
                        ""
                    ) with
                    {
                        Leaked = table.Rows,
                    });
        }

        return table.Kind is TableKind.Shadow or TableKind.System || Identifier.Comparer.Equals(table.Name, HistoryPlan.OwnTable)
            ? []
            :
            [
                Result(
                    table.Name,
                    IsolationOperation.Select,
                    CheckStatus.NotChecked,
                    $"belongs to no tenant: {reason}",
                    $"SELECT * FROM {Identifier.Quote(table.Name)}"
                ) with
                {
                    Leaked = table.Rows,
                },
            ];
    }

    private IsolationResult Result(string table, IsolationOperation operation, CheckStatus status, string detail, string statement) => new(
        _database.Path, table, operation, null, _database.TenantId, null, null, null, status, detail, statement, TimeSpan.Zero)
    {
        CanaryId = _database.CanaryId,
    };

    private static ProbeOutcome Measure(Func<ProbeOutcome> measure)
    {
        Stopwatch watch = Stopwatch.StartNew();
        try
        {
            return measure() with { Duration = watch.Elapsed };
        }
        catch (PosTenancyException exception) when (exception.ErrorId == ErrorIds.SqliteError)
        {
            return ProbeOutcome.NotMeasured(exception.Cause) with { Duration = watch.Elapsed };
        }
    }

    private void Report(string activity, string? table, long effort)
    {
        _progress?.Report(
            new StageProgress(Stage.Isolation, activity, table, _done, _total) { Next = _done + effort, Part = StagePart.Statements });
        _done += effort;
    }
}
