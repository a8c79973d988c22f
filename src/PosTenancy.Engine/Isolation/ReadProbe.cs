using System.Globalization;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Isolation;

/// <summary>Rows that a tenant can read: through its filter, and along foreign keys.</summary>
internal sealed class ReadProbe(TestedDatabase database)
{
    private const string Id = "?1";

    private readonly DatabaseConnection _connection = database.Connection;

    /// <summary>
    /// Counts all rows, the tenant's and the canary's: compared byte by byte, and without an index.
    /// </summary>
    public RowShares Count(TenantTable table) => _connection.Query(
        $"SELECT count(*), total{table.IsOwn("t", "?1")}, total{table.IsOwn("t", "?2")} FROM {table.Quoted} AS t NOT INDEXED",
        static row => new RowShares(row.GetInt64(0), (long)row.GetDouble(1), (long)row.GetDouble(2)),
        database.TenantId,
        database.CanaryId).First();

    /// <summary>Reads the rows that the filter selects.</summary>
    public ProbeOutcome Select(TenantTable table, string tenantId, long own)
    {
        string from = $"FROM {table.Quoted} AS t WHERE {table.Filter("t", 1)}";
        long seen = _connection.Scalar($"SELECT count(*) {from}", tenantId);
        long foreign = _connection.Scalar($"SELECT count(*) {from} AND {table.IsForeign("t", Id)}", tenantId);
        long missed = own - (seen - foreign);
        return new ProbeOutcome(own, seen)
        {
            Crossed = foreign + Math.Max(missed, 0),
            Text = string.Join(
                " and ",
                new[]
                {
                    foreign > 0 ? $"sees {foreign} rows of others ({First(from, table, tenantId)})" : "",
                    missed > 0 ? $"misses {missed} of its own rows: an index may be damaged" : "",
                }.Where(t => t.Length > 0)),
            Concern = SameToCollation(table, tenantId) is { } twin
                ? $"compares by {table.Column.Collation}: tenants '{tenantId}' and '{twin}' would see each other's rows"
                : null,
        };
    }

    /// <summary>Reads the pairs that a tenant's rows form along a foreign key.</summary>
    public (ProbeOutcome ProbeOutcome, long Leaked) Join(TenantReference reference, string tenantId)
    {
        TenantTable child = reference.Child;
        TenantTable parent = reference.Parent!;
        string pairs = $"FROM {child.Quoted} AS c JOIN {parent.Quoted} AS p ON {reference.On("c", "p")}";
        string ownChild = child.IsOwn("c", Id);
        string ownParent = parent.IsOwn("p", Id);
        (long All, long Both, long Up, long Down) found = _connection
            .Query(
                $"SELECT count(*), total({ownChild} AND {ownParent}), total({ownChild} AND NOT {ownParent}), total({ownParent} AND NOT " +
                $"{ownChild}) {pairs}",
                static row => (row.GetInt64(0), (long)row.GetDouble(1), (long)row.GetDouble(2), (long)row.GetDouble(3)),
                tenantId)
            .First();
        long seen = _connection.Scalar($"SELECT count(*) {pairs} WHERE {child.Filter("c", 1)}", tenantId);
        long back = _connection.Scalar($"SELECT count(*) {pairs} WHERE {parent.Filter("p", 1)}", tenantId);
        string crossed =
            $"SELECT {child.KeyText("c")}, {Tenant(child, "c")}, {Tenant(parent, "p")} {pairs} WHERE {ownChild} <> {ownParent} LIMIT 1";
        long filtered = Math.Max(seen - found.Both - found.Up, 0) + Math.Max(back - found.Both - found.Down, 0);
        long crossing = found.Up + found.Down + filtered;
        return (
            new ProbeOutcome(found.Both, seen)
            {
                Crossed = crossing,
                Text =
                    crossing == 0
                        ? ""
                        : string.Join(
                            " and ",
                            new[]
                            {
                                found.Up > 0 ? $"{found.Up} of its rows reference a row of another tenant" : "",
                                found.Down > 0 ? $"{found.Down} rows of others reference one of its own" : "",
                                filtered > 0 ? $"the filter returns {filtered} pairs of others" : "",
                            }.Where(t => t.Length > 0)) +
                            _connection
                                .Query(
                                    crossed,
                                    static row => $" (first: {row.GetString(0)} of '{Text(row, 1)}' references a row of '{Text(row, 2)}')",
                                    tenantId)
                                .FirstOrDefault(),
            },
            found.All - found.Both);

        static string Text(Row row, int column) =>
            Convert.ToString(row.GetValue(column) ?? "(NULL)", CultureInfo.InvariantCulture)!;
    }

    private static string Tenant(TenantTable table, string alias) => $"{alias}.{Identifier.Quote(table.Column.Name)}";

    private string First(string from, TenantTable table, string tenantId) => _connection.Query(
        $"SELECT {table.KeyText("t")}, CAST({Tenant(table, "t")} AS TEXT) {from} AND {table.IsForeign("t", Id)} LIMIT 1",
        static row => $"first: {row.GetString(0)} of '{row.GetString(1)}'",
        tenantId).FirstOrDefault() ?? "";

    /// <summary>Another tenant id that the column's collation treats as equal: by case, or by a trailing space.</summary>
    private string? SameToCollation(TenantTable table, string tenantId) =>
        table.Column.Collation == "BINARY"
            ? null
            : new[] { SwapCase(tenantId), tenantId + " " }.FirstOrDefault(twin =>
                twin != tenantId &&
                _connection.Scalar($"SELECT ?1 = ?2 COLLATE {Identifier.Quote(table.Column.Collation)}", tenantId, twin) != 0);

    private static string SwapCase(string text) =>
        new([
            .. text.Select(c =>
                c is >= 'a' and <= 'z' ? (char)(c - 32)
                : c is >= 'A' and <= 'Z' ? (char)(c + 32)
                : c),
        ]);
}

/// <summary>The rows of a table by owner.</summary>
/// <param name="Rows">Number of all rows.</param>
/// <param name="Tenant">Number of rows of the tenant under test.</param>
/// <param name="Canary">Number of rows of the canary.</param>
internal readonly record struct RowShares(long Rows, long Tenant, long Canary);
