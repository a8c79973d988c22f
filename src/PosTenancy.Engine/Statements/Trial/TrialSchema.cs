using PosTenancy.Engine.History;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Tenants;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Statements.Trial;

/// <summary>The tables of a database by whose rows they hold, and how they reference each other.</summary>
internal sealed class TrialSchema
{
    private readonly Dictionary<string, TrialTable> _byName;

    private TrialSchema(TenantLayout layout, IReadOnlyList<TrialTable> tables)
    {
        Layout = layout;
        _byName = tables.ToDictionary(t => t.Name, Identifier.Comparer);
        Tables = tables;
        foreach (TrialTable table in tables)
        {
            table.References = [.. Declared(table), .. Named(table)];
        }

        Tables = Sort(tables);
    }

    /// <summary>The layout of the database.</summary>
    public TenantLayout Layout { get; }

    /// <summary>The tables, parents before children as far as their references have no cycle.</summary>
    public IReadOnlyList<TrialTable> Tables { get; }

    /// <summary>The name of the tenant column.</summary>
    public string ColumnName => Layout.ColumnName;

    /// <summary>Reads the tables.</summary>
    /// <param name="connection">The database.</param>
    /// <param name="columnName">The tenant column.</param>
    /// <param name="referenceTable">Names or patterns of further tables that all tenants share.</param>
    /// <exception cref="PosTenancyException">No table has the tenant column.</exception>
    public static TrialSchema Read(DatabaseConnection connection, string columnName, IReadOnlyList<string> referenceTable)
    {
        TenantLayout layout = TenantLayout.Read(connection, columnName, referenceTable);
        TenantExpectation expectation = SharedTables.AddTo(
            new TenantExpectation(TenantId: null, columnName, []) { ReferenceTable = referenceTable }, connection);
        HashSet<string> owned = new(layout.Tables.Select(t => t.Name), Identifier.Comparer);
        List<TableSchema> children = [];

        // A child of a child is one as well.
        while (layout.Schema.Tables.FirstOrDefault(t => IsChild(t, owned, expectation)) is { } child)
        {
            _ = owned.Add(child.Name);
            children.Add(child);
        }

        return new TrialSchema(
            layout,
            [
                .. from table in layout.Schema.Tables
                   where table.Kind is not (TableKind.Shadow or TableKind.System)
                   let kind = table.Kind == TableKind.Virtual ? TrialTableKind.Virtual
                       : layout.Tables.Contains(table) ? TrialTableKind.Tenant
                       : children.Contains(table) ? TrialTableKind.Child
                       : TrialTableKind.Shared
                   select new TrialTable(
                       table,
                       kind,
                       kind == TrialTableKind.Tenant ? table.FindColumn(columnName) : null,
                       layout.Schema.Objects.FirstOrDefault(o => o.Type == "table" && o.Name == table.Name)?.Sql),
            ]);
    }

    /// <summary>The table of that name; <see langword="null"/> if there is none.</summary>
    public TrialTable? Find(string name) => _byName.TryGetValue(name, out TrialTable? table) ? table : null;

    private static bool IsChild(TableSchema table, HashSet<string> owned, TenantExpectation expectation) =>
        table.Kind == TableKind.Table &&
        !owned.Contains(table.Name) &&
        SkippedTables.Reason(table, expectation) is null &&
        table.ForeignKeys.Any(k => owned.Contains(k.Parent) && !Identifier.Comparer.Equals(k.Parent, table.Name));

    /// <summary>Parents before children, in the order of the schema otherwise.</summary>
    private static List<TrialTable> Sort(IReadOnlyList<TrialTable> tables)
    {
        List<TrialTable> sorted = [];
        HashSet<TrialTable> seen = [];

        // With a stack of its own: a hostile schema may be a chain of thousands of tables.
        Stack<(TrialTable Table, int Next)> path = new();
        foreach (TrialTable start in tables)
        {
            if (seen.Add(start))
            {
                path.Push((start, 0));
            }

            while (path.Count > 0)
            {
                (TrialTable table, int next) = path.Pop();
                if (next == table.References.Count)
                {
                    sorted.Add(table);
                    continue;
                }

                path.Push((table, next + 1));
                if (seen.Add(table.References[next].Parent))
                {
                    path.Push((table.References[next].Parent, 0));
                }
            }
        }

        return sorted;
    }

    private IEnumerable<TrialReference> Declared(TrialTable table)
    {
        foreach (ForeignKeySchema key in table.Schema.ForeignKeys)
        {
            if (Find(key.Parent) is not { Kind: not TrialTableKind.Virtual } parent)
            {
                continue;
            }

            string[] primary = [.. parent.Schema.PrimaryKey];
            for (int i = 0; i < key.Columns.Count; i++)
            {
                string? to = key.Columns[i].Parent ?? primary.ElementAtOrDefault(i);
                if (to is not null && parent.IndexOf(to) >= 0 && !table.IsTenantColumn(key.Columns[i].Child))
                {
                    yield return new TrialReference(key.Columns[i].Child, parent, to, IsDeclared: true);
                }
            }
        }
    }

    /// <summary>
    /// References that no foreign key declares: customer_id, or lastCustomerId, beside a table customers; and parent_id within a table.
    /// </summary>
    private IEnumerable<TrialReference> Named(TrialTable table)
    {
        foreach (ColumnSchema column in table.Columns)
        {
            if (table.IsTenantColumn(column.Name) ||
                table.Schema.ForeignKeys.Any(k => k.Columns.Any(c => Identifier.Comparer.Equals(c.Child, column.Name))))
            {
                continue;
            }

            TrialTable? parent = Stems(column.Name)
                .SelectMany(stem => Identifier.Comparer.Equals(stem, "parent") ? [table] : Plurals(stem).Select(Find))
                .FirstOrDefault(t => t is { Kind: not TrialTableKind.Virtual });
            string[] key = parent is null ? [] : [.. parent.Schema.PrimaryKey.Where(c => !parent.IsTenantColumn(c))];
            if (key.Length == 1 && parent!.Schema.FindColumn(key[0]) is { } to &&
                !(parent == table && Identifier.Comparer.Equals(key[0], column.Name)) &&
                ColumnAffinities.FromDeclaredType(to.Type) == ColumnAffinities.FromDeclaredType(column.Type))
            {
                yield return new TrialReference(column.Name, parent, key[0], IsDeclared: false);
            }
        }
    }

    /// <summary>The name without its ending "id", and what is left of it after its first words.</summary>
    private static IEnumerable<string> Stems(string column)
    {
        int ending = column.EndsWith("_id", StringComparison.OrdinalIgnoreCase) ? 3
            : column.EndsWith("Id", StringComparison.Ordinal) ? 2
            : column.Length;
        string stem = column.Substring(0, column.Length - ending);
        for (int i = 0; i < stem.Length; i++)
        {
            if (i == 0 || stem[i - 1] == '_' || char.IsUpper(stem[i]))
            {
                yield return stem.Substring(i);
            }
        }
    }

    private static IEnumerable<string> Plurals(string stem) =>
    [
        stem, stem + "s", stem + "es",
        .. stem.EndsWith("y", StringComparison.OrdinalIgnoreCase) ? new[] { $"{stem.Substring(0, stem.Length - 1)}ies" } : [],
    ];
}
