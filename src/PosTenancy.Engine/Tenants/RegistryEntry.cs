using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Tenants;

/// <summary>The entry of a tenant in the application's own list, which comes back if the database does not have it any more.</summary>
internal sealed class RegistryEntry
{
    private readonly TenantSlice _here;
    private readonly TenantSlice _there;
    private readonly TableSchema _table;
    private readonly TableSchema _from;
    private readonly string _column;

    private RegistryEntry(TenantSlice here, TenantSlice there, TableSchema table, TableSchema from, string column)
    {
        _here = here;
        _there = there;
        _table = table;
        _from = from;
        _column = column;
    }

    /// <summary>Name of the list.</summary>
    public string Table => _table.Name;

    /// <summary>Finds out whether an entry has to come back.</summary>
    /// <param name="here">The rows of the tenant in the database.</param>
    /// <param name="source">The backup or export.</param>
    /// <param name="layout">The tables.</param>
    /// <returns><see langword="null"/> if the database has one, or the source has none.</returns>
    public static RegistryEntry? Find(TenantSlice here, RestoreSource source, TenantLayout layout) =>
        source.Registry is { } registry && layout.Schema.FindTable(registry.Table.Name) is { } table &&
        Count(here.Connection, table, registry.Column, here.TenantId) == 0
            ? new RegistryEntry(here, source.Stored, table, registry.Table, registry.Column)
            : null;

    /// <summary>Number of entries that a tenant has.</summary>
    /// <param name="connection">The database.</param>
    /// <param name="table">The list.</param>
    /// <param name="column">The column that identifies a tenant.</param>
    /// <param name="tenantId">The tenant.</param>
    public static long Count(DatabaseConnection connection, TableSchema table, string column, string tenantId) => connection.Scalar(
        $"SELECT count(*) FROM main.{Identifier.Quote(table.Name)} AS t WHERE t.{Identifier.Quote(column)} = ?1", tenantId);

    /// <summary>Keys of the entry that the entry of another tenant has.</summary>
    /// <param name="layout">The tables.</param>
    public IEnumerable<RestoreConflict> Conflicts(TenantLayout layout)
    {
        string from = $"FROM main.{Identifier.Quote(Table)} AS t WHERE";
        foreach (UniqueKey key in UniqueKey.Of(_table, layout.Schema, _column))
        {
            string terms = string.Join(
                "",
                key.Terms.Select((t, i) => $" AND {t} = ?{(i + 1).ToString(System.Globalization.CultureInfo.InvariantCulture)}"));
            foreach (IReadOnlyList<SqlValue> values in _there.Connection.Query(
                $"SELECT {string.Join(", ", key.Terms)} {from} t.{Identifier.Quote(_column)} = ?1{key.And}",
                SqlValue.ReadAll,
                _there.TenantId))
            {
                foreach (string? other in _here.Connection.Query(
                    $"SELECT t.{Identifier.Quote(_column)} {from} 1{key.And}{terms} LIMIT 1", static row => row.GetStringOrNull(0), values))
                {
                    yield return new RestoreConflict(
                        _here.Connection.Path,
                        _here.TenantId,
                        Table,
                        _here.TenantId,
                        RestoreConflictKind.Taken,
                        key.Name,
                        string.Join(", ", values.Select(v => v.Text ?? "NULL")),
                        other);
                }
            }
        }
    }

    /// <summary>Adds the entry.</summary>
    /// <param name="target">The database, or the copy of it on which the restore is rehearsed.</param>
    public void Add(DatabaseConnection target)
    {
        string[] columns = [.. _from.Columns.Where(c => c.Visibility == ColumnVisibility.Ordinary).Select(c => c.Name)];
        int tenant = Array.FindIndex(columns, c => Identifier.Comparer.Equals(c, _column));
        string list = string.Join(", ", columns.Select(Identifier.Quote));
        string values = string.Join(
            ", ", columns.Select((_, i) => "?" + (i + 1).ToString(System.Globalization.CultureInfo.InvariantCulture)));
        string name = Identifier.Quote(Table);
        using Statement insert = target.Prepare($"INSERT OR ABORT INTO main.{name} ({list}) VALUES ({values})");
        using Statement select = _there.Connection.Prepare(
            $"SELECT {list} FROM main.{name} AS t WHERE t.{Identifier.Quote(_column)} = ?1", _there.TenantId);
        while (select.Step())
        {
            for (int i = 0; i < columns.Length; i++)
            {
                insert.BindFrom(i + 1, select.Row, i);
            }

            // The tenant may have another name now.
            insert.BindText(tenant + 1, System.Text.Encoding.UTF8.GetBytes(_here.TenantId));
            _ = insert.Run();
        }
    }
}
