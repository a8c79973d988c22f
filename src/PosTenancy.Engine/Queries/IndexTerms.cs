using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Queries;

/// <summary>The columns and expressions of an index, as a query has to write them so that the index can be used.</summary>
/// <param name="Terms">Each with its collation, where that is not its column's own.</param>
/// <param name="Order">The same with DESC.</param>
/// <param name="Condition">The WHERE of a partial index, which a query must repeat; <see langword="null"/> without one.</param>
internal sealed record IndexTerms(IReadOnlyList<string> Terms, IReadOnlyList<string> Order, string? Condition)
{
    /// <summary>The condition for people, with a blank in front; empty without one.</summary>
    public string ConditionName => Condition is null ? "" : $" where {Condition}";

    /// <summary>What an index is made of: its columns as SQLite reports them, its expressions as they are written.</summary>
    public static IndexTerms Read(DatabaseSchema schema, TableSchema table, IndexSchema index)
    {
        string? sql = schema.Objects.FirstOrDefault(o => o.Type == "index" && Identifier.Comparer.Equals(o.Name, index.Name))?.Sql;
        IndexDefinition? definition = sql is null ? null : IndexDefinition.Read(sql);
        List<string> terms = [.. index.Keys.Select((key, i) => key.Column is null ? definition!.Terms[i] : Column(table, key))];
        return new IndexTerms(
            terms,
            [.. terms.Select((term, i) => index.Keys[i].IsDescending ? term + " DESC" : term)],
            definition?.Condition);
    }

    /// <summary>A term for people: a column without its quotes.</summary>
    public static string Name(string term)
    {
        string inner = term.Length > 2 ? term.Substring(1, term.Length - 2) : "";
        return inner.Length > 0 && Identifier.Quote(inner) == term ? inner : term;
    }

    private static string Column(TableSchema table, IndexKey key)
    {
        string name = Identifier.Quote(key.Column!);
        return Identifier.Comparer.Equals(table.FindColumn(key.Column!)?.Collation ?? "", key.Collation)
            ? name
            : $"{name} COLLATE {Identifier.Quote(key.Collation)}";
    }
}
