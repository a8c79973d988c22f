using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Guards;

/// <summary>The tables of a database whose rows belong to tenants, and those that do not.</summary>
internal sealed class GuardedTables
{
    private readonly Dictionary<string, GuardedTable> _byName = new(Identifier.Comparer);

    public GuardedTables(DatabaseConnection connection, DatabaseSchema schema, TenantExpectation expectation)
    {
        Connection = connection;
        Schema = schema;
        ColumnName = expectation.ColumnName;
        foreach ((TableSchema table, ColumnSchema column) in TenantTables.Migrated(schema, expectation))
        {
            _byName[table.Name] = new GuardedTable(table, column);
        }

        if (_byName.Count == 0)
        {
            throw Errors.NotMigrated(schema.Path, ColumnName);
        }

        TableSchema[] others = [.. TenantTables.Expected(schema, expectation).Where(t => !_byName.ContainsKey(t.Name))];
        int found;
        do
        {
            found = AddChildren(others);
        }
        while (found > 0);

        All = [.. schema.Tables.Select(t => Find(t.Name)).OfType<GuardedTable>()];
        Unguarded =
        [
            .. schema.Tables
                .Where(t => Find(t.Name) is null && t.Kind is not (TableKind.Shadow or TableKind.System))
                .Select(t => (t.Name, SkippedTables.Reason(t, expectation))),
        ];
    }

    public DatabaseConnection Connection { get; }

    public DatabaseSchema Schema { get; }

    public string ColumnName { get; }

    /// <summary>The guarded tables, in the order of the schema.</summary>
    public IReadOnlyList<GuardedTable> All { get; }

    /// <summary>The other tables, and why they belong to no tenant; no reason for one that should have the tenant column.</summary>
    public IReadOnlyList<(string Name, string? Reason)> Unguarded { get; }

    public GuardedTable? Find(string name) => _byName.TryGetValue(name, out GuardedTable? found) ? found : null;

    /// <summary>
    /// The table that a foreign key references; <see langword="null"/> if it does not belong to tenants, or the key does not match it: a
    /// trigger would then make every write fail.
    /// </summary>
    public GuardedParent? Parent(ForeignKeySchema key) =>
        Find(key.Parent) is { } parent &&
        ForeignKeyJoin.On(parent.Schema, key) is not null &&
        ForeignKeyJoin.Columns(parent.Schema, key).All(c => parent.Schema.FindColumn(c.Parent) is not null)
            ? new GuardedParent(parent, key)
            : null;

    /// <summary>
    /// Adds tables without a tenant column that reference a table that is known already: their rows belong to the tenants of their parents.
    /// </summary>
    private int AddChildren(TableSchema[] others)
    {
        GuardedTable[] found =
        [
            .. from table in others
               where !_byName.ContainsKey(table.Name)
               let parents = table.ForeignKeys
                   .Select(Parent)
                   .OfType<GuardedParent>()
                   .ToArray()
               where parents.Length > 0
               select new GuardedTable(table, Column: null) { Parents = parents },
        ];
        foreach (GuardedTable table in found)
        {
            _byName[table.Name] = table;
        }

        return found.Length;
    }
}
