using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Isolation;

/// <summary>What a tenant's UPDATE and DELETE touch; each in a transaction that is rolled back.</summary>
internal sealed class WriteTests
{
    private readonly TestedDatabase _database;
    private readonly DatabaseConnection _connection;
    private readonly TouchedRows _touched;
    private readonly IReadOnlyDictionary<string, PlantedRow> _planted;
    private readonly ILookup<string, TenantTable> _children;
    private readonly TenantTable[] _childrenFirst;

    public WriteTests(TestedDatabase database, TouchedRows touched, IReadOnlyDictionary<string, PlantedRow> planted)
    {
        _database = database;
        _planted = planted;
        _connection = database.Connection;
        _touched = touched;
        _children = database.References.Where(r => r.Parent is not null && !r.IsSelf).ToLookup(r => r.Parent!.Name, r => r.Child, Identifier.Comparer);
        _childrenFirst = [.. PlantingOrder.Of(database).SelectMany(g => g).Reverse()];
    }

    /// <summary>Writes every row of the tenant anew, each column with the value that it has, so that no constraint can refuse it and every trigger fires.</summary>
    public static string UpdateSql(TenantTable table, string table_, string filter)
    {
        string[] columns = [.. table.Schema.Columns.Where(c => c.Visibility == ColumnVisibility.Ordinary && c.PrimaryKeyPosition == 0 && c != table.Column).Select(c => Identifier.Quote(c.Name))];
        string tenant = Identifier.Quote(table.Column.Name);
        return $"UPDATE {table_} SET {string.Join(", ", (columns.Length == 0 ? [tenant] : columns).Select(c => $"{c} = {c}"))} {filter}";
    }

    public Direction Update(TenantTable table, string tenantId, long own) => InTransaction(() =>
    {
        Touched touched = _touched.Run(UpdateSql(table, table.Quoted + " AS t", $"WHERE {table.Filter("t", 1)}"), tenantId);
        return Judge(table, tenantId, touched, touched.Outcome.Changed, own, note: "");
    });

    public Direction Delete(TenantTable table, string tenantId, long own) => InTransaction(() =>
    {
        // What a COMMIT would ask for is not asked: the children of these rows are the tenant's own affair.
        _connection.Execute("PRAGMA defer_foreign_keys = ON");
        Touched touched = Delete(table, tenantId);
        if (!IsRefusedByChildren(touched.Outcome))
        {
            return Judge(table, tenantId, touched, Deleted(table, tenantId, touched, own), own, note: "");
        }

        // ON DELETE RESTRICT does not wait for COMMIT: an application deletes the children first.
        List<string> before = [];
        List<TouchedTable> earlier = [];
        foreach (TenantTable child in Descendants(table))
        {
            earlier.AddRange(Delete(child, tenantId).Tables);
            before.Add(child.Name);
        }

        touched = Delete(table, tenantId);
        touched = touched with { Tables = [.. earlier, .. touched.Tables] };
        return Judge(table, tenantId, touched, Deleted(table, tenantId, touched, own), own, note: $"after its rows in {string.Join(", ", before)}, which point here");
    });

    private static bool IsRefusedByChildren(StatementOutcome outcome) => outcome.Error == "FOREIGN KEY constraint failed";

    private Direction Judge(TenantTable table, string tenantId, Touched touched, long done, long own, string note)
    {
        if (touched.Outcome.Error is { } error)
        {
            return Direction.NotMeasured(error, own);
        }

        long crossed = Math.Max(touched.Crossed, done - own);
        string what = $"of others' rows, {touched.Text}";
        bool isOurs = crossed > 0 && touched.Outcome.Changed <= own && IsOfACopy(table, tenantId, touched);
        return new Direction(own, done)
        {
            Crossed = isOurs ? 0 : crossed,
            Text = crossed > 0 ? what : "",
            Error = crossed == 0 ? touched.NotWatched : isOurs ? $"{what}, {PlantedRow.WhyCopiesProveNothing}" : null,
            Concern = touched.Added > 0 ? $"a trigger gave rows to another tenant: {touched.Text}"
                : done < own ? $"{own - done} of its own rows were not touched: a trigger may ignore them"
                : null,
            Note = note,
        };
    }

    /// <summary>Whether a crossing may come of the canary's row alone, which is a copy of another and so may point at the same.</summary>
    private bool IsOfACopy(TenantTable table, string tenantId, Touched touched) => tenantId == _database.CanaryId
        ? IsCopy(table.Name)
        : touched.Tables.Where(t => t.Verb != "added").All(t => t.CanaryRows == t.Rows && IsCopy(t.Table));

    private bool IsCopy(string table) => _planted[table].IsCopy;

    /// <summary>Those that a foreign key to the table itself deleted do not count as changes.</summary>
    private long Deleted(TenantTable table, string tenantId, Touched touched, long own) =>
        Math.Max(touched.Outcome.Changed, own - CountOwn(table, tenantId));

    private long CountOwn(TenantTable table, string tenantId) =>
        _connection.Scalar($"SELECT count(*) FROM {table.Quoted} AS t WHERE {table.IsOwn("t", "?1")}", tenantId);

    private Touched Delete(TenantTable table, string tenantId) =>
        _touched.Run($"DELETE FROM {table.Quoted} AS t WHERE {table.Filter("t", 1)}", tenantId);

    /// <summary>Every table that points at this one, over others as well; those first at which none of the rest points.</summary>
    private IEnumerable<TenantTable> Descendants(TenantTable table)
    {
        HashSet<string> found = new(Identifier.Comparer);
        Queue<TenantTable> open = new([table]);
        while (open.Count > 0)
        {
            foreach (TenantTable child in _children[open.Dequeue().Name].Where(c => found.Add(c.Name)))
            {
                open.Enqueue(child);
            }
        }

        return _childrenFirst.Where(t => found.Contains(t.Name) && t != table);
    }

    private Direction InTransaction(Func<Direction> run)
    {
        _connection.Execute("BEGIN");
        try
        {
            return run();
        }
        finally
        {
            // RAISE(ROLLBACK) has ended it already; after Ctrl+C nothing more is run.
            _ = _connection.TryExecute("ROLLBACK");
        }
    }
}
