using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Queries;

/// <summary>The columns and expressions of an index, written so that a query can use the index.</summary>
/// <param name="Terms">Terms, each with its collation if it differs from that of its column.</param>
/// <param name="Order">The same terms with DESC.</param>
/// <param name="Condition">The WHERE condition of a partial index, which a query must repeat; <see langword="null"/> without one.</param>
internal sealed record IndexTerms(IReadOnlyList<string> Terms, IReadOnlyList<string> Order, string? Condition)
{
    /// <summary>The condition as readable text with a leading blank; empty without one.</summary>
    public string ConditionName => Condition is null ? "" : $" where {Condition}";

    /// <summary>Reads the terms of an index: columns as SQLite reports them, expressions as written.</summary>
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

    /// <summary>A term as readable text: a column without its quotes.</summary>
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
