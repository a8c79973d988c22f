using System.Diagnostics;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Tenants;

/// <summary>The rows of a tenant before it is renamed, and the checks of what became of them, before COMMIT.</summary>
internal sealed class RenamedRows
{
    private const int MaxNamed = 10;

    private readonly NamePlaces _places;
    private readonly string _tenantId;
    private readonly string _newName;
    private readonly IReadOnlyDictionary<string, RowDigest> _digests;
    private readonly ForeignKeyReading _references;
    private List<(string Table, long Rows)> _left = [];

    private RenamedRows(
        NamePlaces places,
        string tenantId,
        string newName,
        IReadOnlyDictionary<string, RowDigest> digests,
        ForeignKeyReading references)
    {
        _places = places;
        _tenantId = tenantId;
        _newName = newName;
        _digests = digests;
        _references = references;
    }

    /// <summary>Reads the rows.</summary>
    /// <param name="connection">The database, before the rename.</param>
    /// <param name="places">Where it has the name.</param>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="newName">Its new name.</param>
    /// <param name="run">Stage, progress and cancellation.</param>
    public static RenamedRows Read(
        DatabaseConnection connection, NamePlaces places, string tenantId, string newName, RunContext run) => new(
        places,
        tenantId,
        newName,
        Digests(new TenantSlice(connection, places.Layout.ColumnName, tenantId), places.Layout, run),
        ForeignKeyReading.Read(connection, places.Layout.Schema));

    /// <summary>
    /// The digest of each table with rows of a tenant: over all columns but the tenant's and those that are computed, and over the rowids,
    /// by which other rows may name them.
    /// </summary>
    /// <param name="slice">The rows.</param>
    /// <param name="layout">The tables.</param>
    /// <param name="run">Stage, progress and cancellation.</param>
    public static IReadOnlyDictionary<string, RowDigest> Digests(TenantSlice slice, TenantLayout layout, RunContext run)
    {
        Dictionary<string, RowDigest> digests = new(Identifier.Comparer);
        foreach (TableSchema table in layout.Tables)
        {
            run.Report($"Reading {table.Name}", StagePart.Checks);
            string[] columns =
            [
                .. layout.Columns(table).Select(c => c.Name),
                .. TableStatements.RowIdName(table) is { } rowId ? [rowId] : (string[])[],
            ];
            RowDigest digest = SliceDigest.Read(slice, new MovedTable(table, columns, new ValueMap?[columns.Length]), isBack: false).All;
            if (digest.Rows > 0)
            {
                digests.Add(table.Name, digest);
            }
        }

        return digests;
    }

    /// <summary>What differs between the rows before and after, table by table.</summary>
    public static IReadOnlyList<string> Differences(
        IReadOnlyDictionary<string, RowDigest> before, IReadOnlyDictionary<string, RowDigest> after) =>
    [
        .. before.Keys.Union(after.Keys, Identifier.Comparer)
            .Select(t => (Table: t, Before: Find(before, t), After: Find(after, t)))
            .Where(t => t.Before != t.After)
            .Select(t => $"{t.Table}: {t.After?.Rows ?? 0} rows, {t.Before?.Rows ?? 0} before, and their values differ"),
    ];

    /// <summary>Counts the rows that still have the old name, before the DEFAULT changes.</summary>
    public void CountLeft(DatabaseConnection connection)
    {
        TenantSlice old = new(connection, _places.Layout.ColumnName, _tenantId);
        List<(string Table, long Rows)> left = [.. _places.Layout.Tables.Select(t => (t.Name, Rows(t.Name, old.ColumnName!)))];
        if (_places.Listed is { } listed)
        {
            left.Add((listed.Table.Name, Rows(listed.Table.Name, listed.Column)));
        }

        _left = left;

        long Rows(string table, string column) => connection.Scalar(
            $"SELECT count(*) FROM main.{Identifier.Quote(table)} AS t WHERE t.{Identifier.Quote(column)} COLLATE BINARY = ?1",
            _tenantId);
    }

    /// <summary>Runs every check.</summary>
    /// <param name="connection">The database, after the rename.</param>
    /// <param name="run">Stage, progress and cancellation.</param>
    public IReadOnlyList<CheckResult> Check(DatabaseConnection connection, RunContext run)
    {
        DatabaseSchema now = SchemaReader.Read(connection, countRows: false);
        TenantLayout layout = _places.Layout;
        return
        [
            Measure(run, "TenantRowsUnchanged", "Rows of the tenant before COMMIT", "every value but the tenant's as before", () =>
            {
                IReadOnlyDictionary<string, RowDigest> digests = Digests(
                    new TenantSlice(connection, layout.ColumnName, _newName), layout, run);
                return (Differences(_digests, digests), $"{digests.Values.Sum(d => d.Rows)} rows in {digests.Count} tables");
            }),
            Measure(run, "OldNameGone", "Rows of the old name", "0 rows, in tables and in the list of tenants", () => (
                [.. _left.Where(t => t.Rows > 0).Select(t => $"{t.Table}: {t.Rows}")],
                $"{_left.Sum(t => t.Rows)} rows in {_left.Count} tables")),
            Measure(run, "ForeignKeysIntact", "Foreign keys", "as many violations as before", () =>
            {
                ForeignKeyReading references = ForeignKeyReading.Read(connection, now);
                return (
                    [
                        .. references.Violations
                            .Where(v => v.Value > Before(v.Key))
                            .Select(v => $"{v.Key}: {v.Value}, {Before(v.Key)} before"),
                        .. references.Errors.Where(e => !_references.Errors.ContainsKey(e.Key)).Select(e => $"{e.Key}: {e.Value}"),
                    ],
                    $"{references.Violations.Values.Sum()} violations in {references.Violations.Count} tables");
            }),
            Measure(run, "DefaultNamesTenant", "DEFAULT of the tenant column", "the new name instead of the old one, nothing else", () => (
                [.. layout.Tables.Where(t => !IsSame(connection, t, now.FindTable(t.Name))).Select(t => t.Name)],
                $"the new name in {_places.Defaults.Count} tables")),
        ];

        long Before(string table) => _references.Violations.TryGetValue(table, out long rows) ? rows : 0;
    }

    /// <summary>Makes a check of what differs.</summary>
    public static CheckResult Measure(
        RunContext run, string name, string title, string expected, Func<(IReadOnlyList<string> Different, string Actual)> measure)
    {
        Stopwatch watch = Stopwatch.StartNew();
        (IReadOnlyList<string> different, string actual) = measure();
        return new CheckResult(
            run.Path,
            name,
            title,
            expected,
            actual,
            different.Count == 0 ? CheckStatus.Passed : CheckStatus.Failed,
            ShortList.Join(different, MaxNamed, separator: "; "),
            watch.Elapsed);
    }

    private static RowDigest? Find(IReadOnlyDictionary<string, RowDigest> digests, string table) =>
        digests.TryGetValue(table, out RowDigest? digest) ? digest : null;

    /// <summary>Whether SQLite reads the columns of a table as before, apart from a DEFAULT that now is the new name.</summary>
    private bool IsSame(DatabaseConnection connection, TableSchema before, TableSchema? after)
    {
        ColumnSchema? column = after?.FindColumn(_places.Layout.ColumnName);
        bool isChanged = _places.Defaults.Any(d => d.Table == before);
        return after is not null && column is not null &&
            before.Columns.SequenceEqual(after.Columns.Select(c => c == column && isChanged
                ? c with { DefaultSql = before.FindColumn(c.Name)!.DefaultSql }
                : c)) &&
            (!isChanged || TenantRows.DefaultOf(connection, after, column).Text == _newName);
    }
}
