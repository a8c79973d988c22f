using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Statements.Trial;

/// <summary>A reference that no foreign key declares.</summary>
/// <param name="Column">The column.</param>
/// <param name="Parent">The referenced table.</param>
/// <param name="ParentColumn">Its primary key.</param>
internal sealed record NamedReference(string Column, TableSchema Parent, string ParentColumn);

/// <summary>
/// References that only names tell: customer_id, or lastCustomerId, beside a table customers; customerid beside a table with that primary
/// key; and parent or parent_id within a table.
/// </summary>
internal sealed class NamedReferences
{
    private readonly string _tenantColumn;
    private readonly Dictionary<string, TableSchema> _byName;
    private readonly Dictionary<string, TableSchema?> _byKey = new(Identifier.Comparer);

    /// <summary>Prepares the search.</summary>
    /// <param name="schema">The tables.</param>
    /// <param name="tenantColumn">The tenant column, which is no part of a key that is referenced.</param>
    public NamedReferences(DatabaseSchema schema, string tenantColumn)
    {
        _tenantColumn = tenantColumn;
        TableSchema[] tables = [.. schema.Tables.Where(t => t.Kind == TableKind.Table)];
        _byName = tables.ToDictionary(t => t.Name, Identifier.Comparer);
        foreach (TableSchema table in tables)
        {
            if (Key(table) is { Length: > 2 } key && key.EndsWith("id", StringComparison.OrdinalIgnoreCase))
            {
                // A key of two tables names neither.
                _byKey[key] = _byKey.ContainsKey(key) ? null : table;
            }
        }
    }

    /// <summary>The reference of a column; <see langword="null"/> if its name tells none, or a foreign key declares one.</summary>
    public NamedReference? Find(TableSchema table, ColumnSchema column)
    {
        if (table.ForeignKeys.Any(k => k.Columns.Any(c => Identifier.Comparer.Equals(c.Child, column.Name))))
        {
            return null;
        }

        TableSchema? parent = Identifier.Comparer.Equals(column.Name, "parent") ? table : Stems(column.Name)
            .SelectMany(stem => Identifier.Comparer.Equals(stem, "parent") ? [table] : Names(stem).Select(Table))
            .FirstOrDefault(t => t is not null) ?? (_byKey.TryGetValue(column.Name, out TableSchema? named) ? named : null);
        return parent is not null && Key(parent) is { } key && parent.FindColumn(key) is { } to &&
            !(parent == table && Identifier.Comparer.Equals(key, column.Name)) &&
            ColumnAffinities.FromDeclaredType(to.Type) == ColumnAffinities.FromDeclaredType(column.Type)
                ? new NamedReference(column.Name, parent, key)
                : null;
    }

    private TableSchema? Table(string name) => _byName.TryGetValue(name, out TableSchema? table) ? table : null;

    private string? Key(TableSchema table)
    {
        string[] key = [.. table.PrimaryKey.Where(c => !Identifier.Comparer.Equals(c, _tenantColumn))];
        return key.Length == 1 ? key[0] : null;
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

    /// <summary>The names that a table may have for a stem, also written as one word: remote_user_id beside a table remoteusers.</summary>
    private static IEnumerable<string> Names(string stem) => Plurals(stem).Concat(Plurals(stem.Replace("_", "")));

    private static IEnumerable<string> Plurals(string stem) =>
    [
        stem, stem + "s", stem + "es",
        .. stem.EndsWith("y", StringComparison.OrdinalIgnoreCase) ? new[] { $"{stem.Substring(0, stem.Length - 1)}ies" } : [],
    ];
}
