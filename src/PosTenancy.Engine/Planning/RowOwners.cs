using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Planning;

/// <summary>
/// The owners of those rows of a table that have no tenant yet, in a temporary table: one row per row of the table, with its rowid or
/// primary key and its tenant. Only in a database of several tenants.
/// </summary>
internal sealed class RowOwners
{
    private const string Owner = "owner";

    private readonly string _table;
    private readonly string[] _keys;
    private readonly bool _isWithoutRowId;

    private RowOwners(TableSchema table, string[] keys, string name)
    {
        _table = Identifier.Quote(table.Name);
        _keys = keys;
        _isWithoutRowId = table.IsWithoutRowId;
        KeyNamesText = string.Join(", ", table.PrimaryKey.Any() && (table.IsWithoutRowId || table.HasRowIdKey) ? table.PrimaryKey : keys);
        Name = $"temp.{Identifier.Quote(name)}";
    }

    /// <summary>The temporary table, qualified and quoted.</summary>
    public string Name { get; }

    /// <summary>The statement that creates it.</summary>
    public string CreateSql => _isWithoutRowId
        ? $"CREATE TABLE {Name} ({string.Join(", ", KeyNames)}, {Owner}, PRIMARY KEY ({string.Join(", ", KeyNames)})) WITHOUT ROWID"
        : $"CREATE TABLE {Name} (k1 INTEGER PRIMARY KEY, {Owner})";

    /// <summary>The statement that removes it.</summary>
    public string DropSql => $"DROP TABLE {Name}";

    private IEnumerable<string> KeyNames => _keys.Select((_, i) => $"k{i + 1}");

    /// <summary>The owners of a table; <see langword="null"/> if no name is left for its rowid.</summary>
    public static RowOwners? Find(TableSchema table, FreeNames names)
    {
        string[] keys =
            table.IsWithoutRowId || table.HasRowIdKey ? [.. table.PrimaryKey.Select(Identifier.Quote)]
            : TableStatements.RowIdName(table) is { } rowId ? [rowId]
            : [];
        return keys.Length == 0 ? null : new RowOwners(table, keys, names.Take($"_postenancy_owners_of_{table.Name}"));
    }

    /// <summary>Adds the rows of a query that have no owner yet: their keys, and the owner.</summary>
    /// <param name="owner">The owner, as an expression.</param>
    /// <param name="rows">FROM and WHERE, in which the table is <c>c</c>.</param>
    public string InsertSql(string owner, string rows) =>
        $"INSERT OR IGNORE INTO {Name} SELECT {string.Join(", ", _keys.Select(k => $"c.{k}"))}, {owner} {rows}";

    /// <summary>The condition that finds the owner of a row.</summary>
    /// <param name="owners">Alias of the temporary table.</param>
    /// <param name="row">Alias or quoted name of the table.</param>
    public string On(string owners, string row) => string.Join(" AND ", _keys.Select((k, i) => $"{owners}.k{i + 1} = {row}.{k}"));

    /// <summary>The key of a row of the table <c>c</c> as readable text.</summary>
    public string KeyText => string.Join(" || ', ' || ", _keys.Select(k => $"quote(c.{k})"));

    /// <summary>The key of the first row of the table <c>c</c> in a query, as readable text.</summary>
    public string FirstKeyText => _keys.Length == 1 ? $"quote(min(c.{_keys[0]}))" : $"min({KeyText})";

    /// <summary>The names of the key's columns, as readable text.</summary>
    public string KeyNamesText { get; }

    /// <summary>The owner of a row, as an expression; NULL if it has none.</summary>
    /// <param name="row">Alias or quoted name of the table.</param>
    public string Expression(string row) => $"(SELECT s.{Owner} FROM {Name} AS s WHERE {On("s", row)})";

    /// <summary>Assigns every row to its owner whose column has the default of another tenant.</summary>
    public string UpdateSql(MigrationOptions options) =>
        $"UPDATE {_table} SET {Identifier.Quote(options.ColumnName)} = s.{Owner} FROM {Name} AS s " +
        $"WHERE {On("s", _table)} AND s.{Owner} <> {Identifier.Literal(options.TenantId)}";
}
