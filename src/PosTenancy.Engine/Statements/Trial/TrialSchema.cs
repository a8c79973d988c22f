using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Tenants;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Statements.Trial;

/// <summary>The tables of a database by whose rows they hold, and how they reference each other.</summary>
internal sealed class TrialSchema
{
    private readonly Dictionary<string, TrialTable> _byName;

    private TrialSchema(TenantLayout layout, NamedReferences named, IReadOnlyList<TrialTable> tables)
    {
        Layout = layout;
        _byName = tables.ToDictionary(t => t.Name, Identifier.Comparer);
        Tables = tables;
        foreach (TrialTable table in tables)
        {
            table.References = [.. Declared(table), .. Named(table, named)];
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
        NamedReferences named = new(layout.Schema, columnName);
        TableOwnership ownership = new(layout, named, connection, referenceTable);
        return new TrialSchema(
            layout,
            named,
            [
                .. from table in layout.Schema.Tables
                   where table.Kind is not (TableKind.Shadow or TableKind.System)
                   select new TrialTable(
                       table,
                       ownership.KindOf(table),
                       ownership.TenantColumnOf(table),
                       layout.Schema.Objects.FirstOrDefault(o => o.Type == "table" && o.Name == table.Name)?.Sql),
            ]);
    }

    /// <summary>The table of that name; <see langword="null"/> if there is none.</summary>
    public TrialTable? Find(string name) => _byName.TryGetValue(name, out TrialTable? table) ? table : null;

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

    private IEnumerable<TrialReference> Named(TrialTable table, NamedReferences named) =>
        from column in table.Columns
        where !table.IsTenantColumn(column.Name)
        let reference = named.Find(table.Schema, column)
        where reference is not null
        select new TrialReference(column.Name, Find(reference.Parent.Name)!, reference.ParentColumn, IsDeclared: false);
}
