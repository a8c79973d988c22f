using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Tenants;

/// <summary>What a restore writes: the rows of the source, with new keys or without some of them if that was decided.</summary>
internal sealed class RestorePlan : IDisposable
{
    /// <summary>Conflicts that are listed where nothing depends on each of them.</summary>
    private const int MaxListed = 1000;

    private const int MaxNamed = 10;

    private readonly TenantRestoreOptions _options;
    private readonly TenantSlice _here;
    private readonly RestoreSource _source;
    private readonly TenantLayout _layout;
    private readonly Action<TableSchema> _reading;
    private readonly SliceDigests _now;
    private StagedSlice? _staged;

    /// <summary>Reads the rows of both.</summary>
    /// <param name="options">What to restore.</param>
    /// <param name="here">The rows of the tenant in the database.</param>
    /// <param name="source">Where its rows come from.</param>
    /// <param name="layout">The tables.</param>
    /// <param name="reading">Receives each table that is read.</param>
    public RestorePlan(
        TenantRestoreOptions options, TenantSlice here, RestoreSource source, TenantLayout layout, Action<TableSchema> reading)
    {
        _options = options;
        _here = here;
        _source = source;
        _layout = layout;
        _reading = reading;
        Moved = [.. layout.Tables.Select(t => MovedTable.Unchanged(t, layout))];
        _now = Read(here);
        Source = Desired = Read(source.Rows);
        Changed = Compare();
    }

    /// <summary>The rows of the source, with the keys of the database.</summary>
    public SliceDigests Source { get; }

    /// <summary>The rows as they are written.</summary>
    public SliceDigests Desired { get; private set; }

    /// <summary>Same.</summary>
    public TenantSlice Rows => _staged?.Rows ?? _source.Rows;

    /// <summary>The rows as the file of the source has them.</summary>
    public TenantSlice StoredRows => _source.Stored;

    /// <summary>The tables, with the maps that lead from the keys that are written back to those of the source.</summary>
    public IReadOnlyList<MovedTable> Moved { get; private set; }

    /// <summary>The tables in which rows differ from those in the database.</summary>
    public IReadOnlyList<TableSchema> Changed { get; private set; }

    /// <summary>The entry in the application's list of tenants that comes back; <see langword="null"/> if none does.</summary>
    public RegistryEntry? Entry { get; private set; }

    /// <summary>The rows that did not fit: those that were decided about, or why it is refused.</summary>
    public IReadOnlyList<RestoreConflict> Conflicts { get; private set; } = [];

    /// <summary>Keys that get new values.</summary>
    public IReadOnlyList<RestoredKey> NewKeys { get; private set; } = [];

    /// <summary>Number of rows that are left out.</summary>
    public long Removed => _staged?.Removed ?? 0;

    /// <summary>The tenant's rows in the database, table by table, before and after.</summary>
    public IReadOnlyList<ChangedTable> Tables =>
    [
        .. _layout.Tables
            .Select(t => new ChangedTable(t.Name, _now[t].Rows, Desired[t].Rows))
            .Where(t => t.RowsBefore > 0 || t.RowsAfter > 0),
    ];

    /// <summary>The rows of a table that are left out.</summary>
    public RowDigest RemovedFrom(TableSchema table) => _staged?.RemovedFrom(table.Name) ?? new RowSum().Digest;

    /// <summary>Searches for rows that do not fit, and does with them what was decided.</summary>
    /// <param name="history">The history of the database.</param>
    /// <exception cref="PosTenancyException">Rows do not fit, and what was decided does not help.</exception>
    public void Decide(IReadOnlyList<HistoryEntry> history)
    {
        Entry = RegistryEntry.Find(_here, _source, _layout);
        if (_options.OnConflict == RestoreConflictAction.NewKey)
        {
            GiveNewKeys(history);
        }
        else if (_options.OnConflict == RestoreConflictAction.Skip)
        {
            Skip();
        }

        List<RestoreConflict> left = [];
        long count = 0;
        foreach (RestoreConflict conflict in (Entry?.Conflicts(_layout) ?? []).Concat(Search().Select(f => f.Conflict)))
        {
            count++;
            if (count <= MaxListed)
            {
                left.Add(conflict);
            }
        }

        if (count > 0)
        {
            bool keysMayChange = Conflicts.Concat(left).Any(c => c.Kind is RestoreConflictKind.Taken or RestoreConflictKind.ReferenceTaken);
            Conflicts = left;
            throw Refused(count, keysMayChange);
        }
    }

    /// <summary>Counts the rows that come back, go and change.</summary>
    public IReadOnlyList<RestoredTable> CountRows()
    {
        using SliceDifferences differences = new(_here.Connection.Path, _here.TenantId, _here.Connection.Cancellation);
        return
        [
            .. Changed.Select(t =>
            {
                _reading(t);
                (long missing, long extra, long changed) = differences.CountRows(MovedTable.Unchanged(t, _layout), _here, Rows);
                return new RestoredTable(t.Name, missing, extra, changed);
            }),
        ];
    }

    /// <summary>How the rows of a table are written: with their rowids, if no other row has one of them.</summary>
    public MovedTable Written(TableSchema table) => MovedTable.Unchanged(table, _layout) with
    {
        RowId = _source.HasRowIds && TableStatements.RowIdName(table) is { } rowId && AreFree(table, rowId) ? rowId : null,
    };

    /// <inheritdoc/>
    public void Dispose() => _staged?.Dispose();

    private bool AreFree(TableSchema table, string rowId)
    {
        string name = $"t.{Identifier.Quote(rowId)}";
        using Statement search = _here.Connection.Prepare(
            $"SELECT 1 FROM main.{Identifier.Quote(table.Name)} AS t WHERE {name} = ?1" +
            TenantSlice.ConditionForOthers("t", _layout.ColumnName, _here.TenantId));
        foreach (long id in Rows.Connection.Query(Rows.Select(table.Name, [rowId]), static row => row.GetInt64(0), Rows.Parameter))
        {
            search.Restart(id);
            if (search.Step())
            {
                return false;
            }
        }

        return true;
    }

    private IEnumerable<FoundConflict> Search() => new RestoreConflicts(_layout, _here, _source, Rows, Changed).Find();

    private void Skip()
    {
        FoundConflict[] found = [.. Search().Where(f => f.CanSkip)];
        RestoreConflict[] ofEntry = [.. Entry?.Conflicts(_layout) ?? []];
        Conflicts = [.. ofEntry, .. found.Select(f => f.Conflict)];
        Entry = ofEntry.Length > 0 ? null : Entry;
        if (found.Length > 0)
        {
            StagedSlice staged = Stage(Moved);
            staged.Remove(found.Select(f => (Moved.First(t => t.Table == f.Table), f.Identity)));
            Replace(staged);
        }
    }

    private void GiveNewKeys(IReadOnlyList<HistoryEntry> history)
    {
        Conflicts = [.. Search().Take(MaxListed).Select(f => f.Conflict)];
        if (Conflicts.Count == 0)
        {
            return;
        }

        DatabaseConnection target = _here.Connection;
        KeyDeclarations declarations = _options.Keys ?? Declared(history);
        KeyDomains domains = KeyDomains.Find(_layout, declarations);
        DanglingReferences others = new(target, _layout.ColumnName, _here.TenantId);
        IReadOnlyDictionary<KeyDomain, KeyRule> rules = new KeyPlanner(
            _source.Rows, target, _here.Connection.Path, _layout, domains, others, _here.TenantId).PlanSurrogates();
        new ReferenceSearch(_source.Rows, _layout, domains, declarations).Require(rules);
        Moved = [.. _layout.Tables.Select(t => MovedTable.From(t, _layout, domains, rules))];
        NewKeys = [.. rules.SelectMany(r => r.Key.Keys.SelectMany(k => KeysOf(k, r.Value)))];
        Replace(Stage(Moved));
    }

    /// <summary>What the import of the tenant declared of its keys.</summary>
    private KeyDeclarations Declared(IReadOnlyList<HistoryEntry> history) =>
        TenantKeyMap.LastImport(history, _here.TenantId) is { } import
            ? KeyDeclarations.From(TenantKeyMap.Read(_here.Connection.Path, import, _options.KeyMapPath).Declarations)
            : KeyDeclarations.None;

    private IEnumerable<RestoredKey> KeysOf(KeyColumn key, KeyRule rule)
    {
        DomainMap map = new(rule);
        TenantSlice rows = _source.Rows;
        return rows.Connection
            .Query(
                rows.Select(key.Table.Name, [key.Column.Name]),
                row => map.Map(row, 0, isBack: false) is { } mapped
                    ? new RestoredKey(key.Table.Name, key.Column.Name, row.GetString(0), mapped.ToString())
                    : null,
                rows.Parameter)
            .OfType<RestoredKey>();
    }

    /// <summary>The rows in a database of their own, with the rowids that they have where they are.</summary>
    private StagedSlice Stage(IEnumerable<MovedTable> tables) => StagedSlice.Copy(
        _source.Rows, tables.Select(t => t with { RowId = TableStatements.RowIdName(t.Table) }), _layout, _here.TenantId);

    private void Replace(StagedSlice staged)
    {
        _staged = staged;
        Desired = Read(staged.Rows);
        Changed = Compare();
    }

    private IReadOnlyList<TableSchema> Compare() => [.. _layout.Tables.Where(t => _now[t] != Desired[t])];

    private SliceDigests Read(TenantSlice slice) => SliceDigests.Read(slice, _layout, _reading);

    private PosTenancyException Refused(long count, bool keysMayChange)
    {
        string more = count > MaxNamed ? FormattableString.Invariant($"; and {count - MaxNamed:N0} more") : "";
        string[] ways =
        [
            .. keysMayChange && _options.OnConflict != RestoreConflictAction.NewKey
                ? (string[])["-OnConflict NewKey gives new values to keys that are only numbers or ids."]
                : [],
            .. _options.OnConflict == RestoreConflictAction.Skip || Conflicts.All(c => c.Kind == RestoreConflictKind.StillReferenced)
                ? []
                : (string[])["-OnConflict Skip leaves rows out."],
            .. Has(RestoreConflictKind.StillReferenced)
                ? (string[])["Change the rows that reference those of the tenant first."]
                : [],
            .. Has(RestoreConflictKind.ReferenceSkipped)
                ? (string[])["A row is not left out while others reference it: give it another key or value where it is taken."]
                : [],
        ];
        return Errors.RestoreConflict(
            _here.Connection.Path,
            _here.TenantId,
            _source.Stored.Connection.Path,
            string.Join("; ", Conflicts.Take(MaxNamed)) + more,
            string.Join(" ", ways));

        bool Has(RestoreConflictKind kind) => Conflicts.Any(c => c.Kind == kind);
    }
}
