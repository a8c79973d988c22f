using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Isolation;

/// <summary>What a tenant's UPDATE and DELETE touch; each in a transaction that is rolled back.</summary>
internal sealed class WriteTests
{
    private readonly TestedDatabase _database;
    private readonly DatabaseConnection _connection;
    private readonly TouchedRows _touched;
    private readonly ILookup<string, TenantTable> _children;
    private readonly TenantTable[] _childrenFirst;

    public WriteTests(TestedDatabase database, TouchedRows touched)
    {
        _database = database;
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
        return Judge("changed", touched, own, note: "");
    });

    public Direction Delete(TenantTable table, string tenantId, long own) => InTransaction(() =>
    {
        // What a COMMIT would ask for is not asked: the children of these rows are the tenant's own affair.
        _connection.Execute("PRAGMA defer_foreign_keys = ON");
        Touched touched = Delete(table, tenantId);
        if (!IsRefusedByChildren(touched.Outcome))
        {
            return Judge("deleted", touched, own, note: "");
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
        return Judge("deleted", touched with { Tables = [.. earlier, .. touched.Tables] }, own, note: $"after its rows in {string.Join(", ", before)}, which point here");
    });

    private static bool IsRefusedByChildren(StatementOutcome outcome) => outcome.Error == "FOREIGN KEY constraint failed";

    private static Direction Judge(string verb, Touched touched, long own, string note)
    {
        if (touched.Outcome.Error is { } error)
        {
            return Direction.NotMeasured(error, own);
        }

        long crossed = Math.Max(touched.Crossed, touched.Outcome.Changed - own);
        long missed = own - touched.Outcome.Changed;
        return new Direction(own, touched.Outcome.Changed)
        {
            Crossed = crossed,
            Text = crossed > 0 ? $"of others' rows, {touched.Text}" : "",
            Error = crossed > 0 ? null : touched.NotWatched,
            Concern = touched.Added > 0 ? $"a trigger gave rows to another tenant: {touched.Text}"
                : missed > 0 ? $"{missed} of its own rows were not {verb}: a trigger may ignore them"
                : null,
            Note = note,
        };
    }

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
