using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Isolation;

/// <summary>Tests which rows a tenant's UPDATE and DELETE touch; each runs in a transaction that is rolled back.</summary>
internal sealed class WriteProbe
{
    private readonly TestedDatabase _database;
    private readonly DatabaseConnection _connection;
    private readonly TouchedRows _touched;
    private readonly IReadOnlyDictionary<string, PlantedRow> _planted;

    public WriteProbe(TestedDatabase database, TouchedRows touched, IReadOnlyDictionary<string, PlantedRow> planted)
    {
        _database = database;
        _planted = planted;
        _connection = database.Connection;
        _touched = touched;
    }

    /// <summary>
    /// Updates every row of the tenant, assigning each column its current value, so that no constraint can fail and every trigger fires.
    /// </summary>
    public static string UpdateSql(TenantTable table, string target, string filter)
    {
        string[] columns =
        [
            .. table
                .Schema.Columns.Where(c => c.Visibility == ColumnVisibility.Ordinary && c.PrimaryKeyPosition == 0 && c != table.Column)
                .Select(c => Identifier.Quote(c.Name)),
        ];
        string tenant = Identifier.Quote(table.Column.Name);
        return $"UPDATE {target} SET {string.Join(", ", (columns.Length == 0 ? [tenant] : columns).Select(c => $"{c} = {c}"))} {filter}";
    }

    public ProbeOutcome Update(TenantTable table, string tenantId, long own) => InTransaction(() =>
    {
        Touched touched = _touched.Run(UpdateSql(table, table.Quoted + " AS t", $"WHERE {table.Filter("t", 1)}"), tenantId);
        return Judge(table, tenantId, touched, touched.Outcome.Changed, own);
    });

    public ProbeOutcome Delete(TenantTable table, string tenantId, long own) => InTransaction(() =>
    {
        // The children belong to the tenant itself, and an application deletes them first. The pragma defers RESTRICT as well
        // (sqlite.org/pragma.html#pragma_defer_foreign_keys), and no COMMIT follows that would check it.
        _connection.Execute("PRAGMA defer_foreign_keys = ON");
        Touched touched = _touched.Run($"DELETE FROM {table.Quoted} AS t WHERE {table.Filter("t", 1)}", tenantId);

        // Rows deleted through a foreign key of the table to itself do not count as changes.
        long deleted = Math.Max(touched.Outcome.Changed, own - CountOwn(table, tenantId));
        return Judge(table, tenantId, touched, deleted, own);
    });

    private ProbeOutcome Judge(TenantTable table, string tenantId, Touched touched, long done, long own)
    {
        if (touched.Outcome.Error is { } error)
        {
            return ProbeOutcome.NotMeasured(error, own);
        }

        long crossed = Math.Max(touched.Crossed, done - own);
        string what = $"rows of others: {touched.Text}";
        bool isOurs = crossed > 0 && touched.Outcome.Changed <= own && IsOfACopy(table, tenantId, touched);
        return new ProbeOutcome(own, done)
        {
            Crossed = isOurs ? 0 : crossed,
            Text = crossed > 0 ? what : "",
            Error = crossed == 0 ? touched.NotWatched : isOurs ? $"{what}, {PlantedRow.WhyCopiesProveNothing}" : null,
            Concern = touched.Added > 0 ? $"a trigger assigned rows to another tenant: {touched.Text}"
                : done < own ? $"{own - done} of its own rows were not touched: a trigger may ignore them"
                : null,
        };
    }

    /// <summary>Whether a crossing may stem only from the canary's row, a copy that may reference the same rows as its original.</summary>
    private bool IsOfACopy(TenantTable table, string tenantId, Touched touched) => tenantId == _database.CanaryId
        ? IsCopy(table.Name)
        : touched.Tables.Where(t => t.Verb != "added").All(t => t.CanaryRows == t.Rows && IsCopy(t.Table));

    private bool IsCopy(string table) => _planted[table].IsCopy;

    private long CountOwn(TenantTable table, string tenantId) =>
        _connection.Scalar($"SELECT count(*) FROM {table.Quoted} AS t WHERE {table.IsOwn("t", "?1")}", tenantId);

    private ProbeOutcome InTransaction(Func<ProbeOutcome> run)
    {
        _connection.Execute("BEGIN");
        try
        {
            return run();
        }
        finally
        {
            // RAISE(ROLLBACK) has already ended the transaction; after Ctrl+C no further statement runs.
            _ = _connection.TryExecute("ROLLBACK");
        }
    }
}
