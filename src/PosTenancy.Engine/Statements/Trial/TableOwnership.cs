using PosTenancy.Engine.History;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Tenants;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Statements.Trial;

/// <summary>
/// To whom the rows of each table belong. A table without the tenant column is no table of all tenants only because of that: its rows may
/// belong to the tenant of a row that they reference, or be the tenants themselves.
/// </summary>
internal sealed class TableOwnership
{
    private readonly TenantLayout _layout;
    private readonly NamedReferences _named;
    private readonly TenantExpectation _expectation;
    private readonly Dictionary<TableSchema, ColumnSchema> _tenantColumns = [];
    private readonly HashSet<string> _owned = new(Identifier.Comparer);

    /// <summary>Reads the owners of all tables.</summary>
    /// <param name="layout">The tables.</param>
    /// <param name="named">References that only names tell.</param>
    /// <param name="connection">The database, whose history may name tables that all tenants share.</param>
    /// <param name="referenceTable">Names or patterns of further tables that all tenants share.</param>
    public TableOwnership(
        TenantLayout layout, NamedReferences named, DatabaseConnection connection, IReadOnlyList<string> referenceTable)
    {
        _layout = layout;
        _named = named;
        _expectation = SharedTables.AddTo(
            new TenantExpectation(TenantId: null, layout.ColumnName, []) { ReferenceTable = referenceTable }, connection);
        foreach (TableSchema table in layout.Tables)
        {
            Own(table, table.FindColumn(layout.ColumnName)!);
        }

        (TableSchema Table, ColumnSchema Key)[] registries = [.. layout.Tables.SelectMany(Registries)];
        foreach ((TableSchema table, ColumnSchema key) in registries.Where(r => IsUnowned(r.Table)))
        {
            Own(table, key);
        }

        foreach (TableSchema table in layout.Schema.Tables.Where(IsUnowned))
        {
            if (ReferenceToAny(registries, table) is { } column)
            {
                Own(table, column);
            }
        }

        // A child of a child is one as well.
        List<(TableSchema Table, string[] Parents)> waiting =
            [.. layout.Schema.Tables.Where(IsUnowned).Select(t => (t, Parents(t).ToArray()))];
        while (waiting.RemoveAll(w => Array.Exists(w.Parents, _owned.Contains) && _owned.Add(w.Table.Name)) > 0)
        {
        }
    }

    public TrialTableKind KindOf(TableSchema table) => table.Kind == TableKind.Virtual ? TrialTableKind.Virtual
        : _tenantColumns.ContainsKey(table) ? TrialTableKind.Tenant
        : _owned.Contains(table.Name) ? TrialTableKind.Child
        : TrialTableKind.Shared;

    /// <summary>The tenant column of a table, whose name differs in a registry; <see langword="null"/> if it has none.</summary>
    public ColumnSchema? TenantColumnOf(TableSchema table) => _tenantColumns.TryGetValue(table, out ColumnSchema? column) ? column : null;

    /// <summary>The registry that a tenant column references: its key is the tenant.</summary>
    private IEnumerable<(TableSchema Table, ColumnSchema Key)> Registries(TableSchema table)
    {
        ColumnSchema column = _tenantColumns[table];
        IEnumerable<(string Parent, string? Key)> references =
        [
            .. from key in table.ForeignKeys
               where key.Columns.Count == 1 && Identifier.Comparer.Equals(key.Columns[0].Child, column.Name)
               select (key.Parent, key.Columns[0].Parent),
            .. _named.Find(table, column) is { } named ? new[] { (named.Parent.Name, (string?)named.ParentColumn) } : [],
        ];
        foreach ((string name, string? key) in references)
        {
            if (_layout.Schema.Tables.FirstOrDefault(t => Identifier.Comparer.Equals(t.Name, name)) is { Kind: TableKind.Table } registry &&
                registry.FindColumn(key ?? registry.PrimaryKey.FirstOrDefault() ?? "") is { } tenant)
            {
                yield return (registry, tenant);
            }
        }
    }

    /// <summary>
    /// The tenant column of a table that calls it differently: the only one that references a registry. A table with two, as a sender and
    /// a receiver, belongs to neither.
    /// </summary>
    private static ColumnSchema? ReferenceToAny((TableSchema Table, ColumnSchema Key)[] registries, TableSchema table)
    {
        string[] columns =
        [
            .. from key in table.ForeignKeys
               where key.Columns.Count == 1
               let registry = registries.FirstOrDefault(r => Identifier.Comparer.Equals(r.Table.Name, key.Parent))
               where registry.Table is not null && Identifier.Comparer.Equals(
                   registry.Key.Name, key.Columns[0].Parent ?? registry.Table.PrimaryKey.FirstOrDefault() ?? "")
               select key.Columns[0].Child,
        ];
        return columns.Length == 1 ? table.FindColumn(columns[0]) : null;
    }

    /// <summary>The other tables whose rows a table references, by a foreign key or by the name of a column.</summary>
    private IEnumerable<string> Parents(TableSchema table) =>
        table.ForeignKeys.Select(k => k.Parent)
            .Concat(
                from column in table.Columns
                where column.Name.EndsWith("id", StringComparison.OrdinalIgnoreCase)
                let reference = _named.Find(table, column)
                where reference is not null
                select reference.Parent.Name)
            .Where(parent => !Identifier.Comparer.Equals(parent, table.Name));

    private bool IsUnowned(TableSchema table) =>
        table.Kind == TableKind.Table && !_owned.Contains(table.Name) && SkippedTables.Reason(table, _expectation) is null;

    private void Own(TableSchema table, ColumnSchema tenant)
    {
        _tenantColumns[table] = tenant;
        _ = _owned.Add(table.Name);
    }
}
