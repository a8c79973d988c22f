using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Tenants;

/// <summary>Rows of a tenant as they are going to be written, in a temporary database: keys can be mapped, and rows left out.</summary>
internal sealed class StagedSlice : IDisposable
{
    private readonly DatabaseConnection _store;
    private readonly Dictionary<string, RowSum> _removed = new(Identifier.Comparer);

    private StagedSlice(DatabaseConnection store, string columnName, string tenantId)
    {
        _store = store;
        Rows = new TenantSlice(store, columnName, tenantId);
    }

    /// <summary>The rows.</summary>
    public TenantSlice Rows { get; }

    /// <summary>Number of rows that were removed.</summary>
    public long Removed => _removed.Values.Sum(r => r.Digest.Rows);

    /// <summary>Copies rows into a temporary database.</summary>
    /// <param name="source">The rows.</param>
    /// <param name="tables">How the rows of each table are moved.</param>
    /// <param name="layout">The tables.</param>
    /// <param name="tenantId">The tenant that they become.</param>
    public static StagedSlice Copy(TenantSlice source, IEnumerable<MovedTable> tables, TenantLayout layout, string tenantId)
    {
        DatabaseConnection store = DatabaseConnection.OpenTemporary(source.Connection.Path, source.Connection.Cancellation);
        try
        {
            store.Execute($"PRAGMA encoding = '{source.Connection.Query("PRAGMA main.encoding", static row => row.GetString(0)).First()}'");
            using IDisposable texts = store.Settings.KeepSchemaTexts();
            store.Execute("BEGIN");
            foreach (SchemaObject o in layout.Schema.Objects.Where(o => o.Sql is not null && layout.Tables.Any(t => t.Name == o.Table)))
            {
                if (o.Type == "table")
                {
                    store.Execute(o.Sql!);
                }
                else if (o.Type == "index")
                {
                    // Indexes only make the search for conflicts faster, and one may need a function of the application.
                    _ = store.TryExecute(o.Sql!);
                }
            }

            StagedSlice staged = new(store, layout.ColumnName, tenantId);
            foreach (MovedTable table in tables)
            {
                _ = table.Copy(source, staged.Rows, isBack: false, static _ => { });
            }

            store.Execute("COMMIT");
            return staged;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Removes rows, and adds them to the digest of those that are left out.</summary>
    /// <param name="rows">The table of each, and the columns that identify it with their values. Once removed, a row is no error.</param>
    public void Remove(IEnumerable<(MovedTable Table, IReadOnlyList<(string Column, SqlValue Value)> Identity)> rows)
    {
        _store.Execute("BEGIN");
        foreach ((MovedTable table, IReadOnlyList<(string Column, SqlValue Value)> identity) in rows)
        {
            Remove(table, identity);
        }

        _store.Execute("COMMIT");
    }

    /// <summary>The rows of a table that were removed.</summary>
    public RowDigest RemovedFrom(string table) => (_removed.TryGetValue(table, out RowSum? sum) ? sum : new RowSum()).Digest;

    /// <inheritdoc/>
    public void Dispose() => _store.Dispose();

    private void Remove(MovedTable table, IReadOnlyList<(string Column, SqlValue Value)> identity)
    {
        string where = string.Join(
            " AND ",
            identity.Select((c, i) =>
                $"t.{Identifier.Quote(c.Column)} IS ?{(i + 2).ToString(System.Globalization.CultureInfo.InvariantCulture)}"));
        object?[] values = [Rows.Parameter, .. identity.Select(c => c.Value)];
        using SliceDigest digest = new();
        foreach (byte[] hash in _store.Query(
            $"{Rows.Select(table.Table.Name, table.Columns)} AND {where}", row => digest.Compute(row, maps: null), values))
        {
            if (!_removed.TryGetValue(table.Table.Name, out RowSum? sum))
            {
                _removed.Add(table.Table.Name, sum = new RowSum());
            }

            sum.Add(hash);
        }

        _store.Execute($"DELETE FROM main.{Identifier.Quote(table.Table.Name)} AS t WHERE {Rows.Condition("t")} AND {where}", values);
    }
}
