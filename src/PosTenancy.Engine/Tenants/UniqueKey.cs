using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Tenants;

/// <summary>A key of a table that reaches over all tenants.</summary>
/// <param name="Name">Its columns, as a person reads them.</param>
/// <param name="Terms">Its columns or expressions in SQL, with their collations.</param>
/// <param name="Condition">The rows that it is about, in SQL; <see langword="null"/> for all.</param>
internal sealed record UniqueKey(string Name, IReadOnlyList<string> Terms, string? Condition)
{
    /// <summary>The condition as the continuation of another.</summary>
    public string And => Condition is null ? "" : $" AND ({Condition})";

    /// <summary>The keys of a table that are not per tenant.</summary>
    /// <param name="table">The table.</param>
    /// <param name="schema">Its database.</param>
    /// <param name="columnName">The tenant column.</param>
    public static IEnumerable<UniqueKey> Of(TableSchema table, DatabaseSchema schema, string columnName)
    {
        if (table.HasRowIdKey)
        {
            string key = table.PrimaryKey.Single();
            yield return new UniqueKey(key, [Identifier.Quote(key)], null);
        }

        foreach (IndexSchema index in table.Indexes.Where(i => i.IsUnique))
        {
            if (index.Columns.Any(c => c is not null && Identifier.Comparer.Equals(c, columnName)))
            {
                continue;
            }

            if (!index.IsPartial && index.Columns.All(c => c is not null))
            {
                yield return new UniqueKey(
                    string.Join(", ", index.Columns),
                    [.. index.Keys.Select(k => $"{Identifier.Quote(k.Column!)} COLLATE {Identifier.Quote(k.Collation)}")],
                    null);
            }
            else if (schema.Objects.FirstOrDefault(o => o.Type == "index" && o.Name == index.Name)?.Sql is { } sql)
            {
                IndexDefinition definition = IndexDefinition.Read(sql);
                yield return new UniqueKey(string.Join(", ", definition.Terms), definition.Terms, definition.Condition);
            }
        }
    }
}
