using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Queries;

/// <summary>
/// Derives the queries that an application most likely runs from its keys and indexes. Their values come from a row in the middle of the
/// table, always the same one.
/// </summary>
/// <param name="backup">The database before the migration.</param>
/// <param name="schema">Schema before the migration.</param>
/// <param name="tenantTables">The tables that belong to tenants after the migration.</param>
/// <param name="columnName">Name of the tenant column.</param>
internal sealed class DerivedQueries(DatabaseConnection backup, DatabaseSchema schema, ISet<string> tenantTables, string columnName)
{
    private const int First = 50;

    private readonly string _tenant = Identifier.Quote(columnName);

    /// <summary>The distinct queries of a table.</summary>
    public IEnumerable<QueryPair> For(TableSchema table)
    {
        if (table.Rows is null or 0)
        {
            return [Nothing(table, table.Rows is null ? "the table cannot be read without the application" : "the table has no rows")];
        }

        SampleRow sample = new(backup, table);
        return All(table, sample).GroupBy(q => q.Before, StringComparer.Ordinal).Select(g => g.First());
    }

    private IEnumerable<QueryPair> All(TableSchema table, SampleRow sample)
    {
        yield return Pair(table, "count", "count(*)", [], []);
        List<string> key = [.. table.PrimaryKey.Select(Identifier.Quote)];
        if (key.Count > 0 && sample.Values(key, condition: null) is { } keyValues)
        {
            yield return Pair(table, $"by {Names(key)}", "*", [.. Equal(key, key.Count)], keyValues);
        }

        foreach (IndexTerms index in table.Indexes.Where(i => i.Origin != "pk").Select(i => IndexTerms.Read(schema, table, i)))
        {
            foreach (QueryPair query in For(table, index, sample))
            {
                yield return query;
            }
        }

        foreach (ForeignKeySchema foreignKey in table.ForeignKeys)
        {
            if (Join(table, foreignKey, sample) is { } join)
            {
                yield return join;
            }
        }
    }

    private IEnumerable<QueryPair> For(TableSchema table, IndexTerms index, SampleRow sample)
    {
        string[] condition = index.Condition is { } where ? [$"({where})"] : [];
        if (sample.Values(index.Terms, index.Condition) is { } values)
        {
            for (int n = 1; n <= index.Terms.Count; n++)
            {
                yield return Pair(
                    table,
                    $"by {Names(index.Terms.Take(n))}{index.ConditionName}",
                    "*",
                    [.. Equal(index.Terms, n), .. condition],
                    [.. values.Take(n)]);
            }

            int last = index.Terms.Count - 1;
            if (sample.From(index.Terms, values, index.Condition) is { } from)
            {
                yield return Pair(
                    table,
                    $"{(last > 0 ? $"by {Names(index.Terms.Take(last))}, " : "")}from " +
                    $"{IndexTerms.Name(index.Terms[last])}{index.ConditionName}",
                    "*",
                    [.. Equal(index.Terms, last), $"{index.Terms[last]} >= {QueryPair.Parameter(last)}", .. condition],
                    [.. values.Take(last), from]);
            }
        }

        yield return Pair(
            table,
            $"first {First} by {Names(index.Terms)}{index.ConditionName}",
            "*",
            condition,
            [],
            $" ORDER BY {string.Join(", ", index.Order)} LIMIT {First}");
    }

    /// <summary>A join of one row of another table with the rows that reference it: the lines of a receipt.</summary>
    private QueryPair? Join(TableSchema table, ForeignKeySchema foreignKey, SampleRow sample)
    {
        TableSchema? parent = schema.FindTable(foreignKey.Parent);
        List<string> children = [.. foreignKey.Columns.Select(c => c.Child)];
        List<string> parents = [.. foreignKey.Columns.Select(c => c.Parent).OfType<string>()];
        if (parents.Count == 0 && parent is not null)
        {
            parents = [.. parent.PrimaryKey];
        }

        if (parent is not { Kind: TableKind.Table, Unreadable: null } ||
            parents.Count != children.Count ||
            sample.Values([.. children.Select(Identifier.Quote)], condition: null) is not { } values)
        {
            return null;
        }

        string from =
            $"SELECT * FROM {Identifier.Quote(table.Name)} AS t JOIN {Identifier.Quote(parent.Name)} AS p " +
            $"ON {string.Join(" AND ", children.Zip(parents, (c, p) => $"p.{Identifier.Quote(p)} = t.{Identifier.Quote(c)}"))} " +
            $"WHERE {string.Join(" AND ", children.Select((c, i) => $"t.{Identifier.Quote(c)} = {QueryPair.Parameter(i)}"))}";
        string ofParent = tenantTables.Contains(parent.Name) ? $" AND p.{_tenant} = :tenant_id" : "";
        string tenant = $" AND t.{_tenant} = :tenant_id{ofParent}";
        return new QueryPair(table.Name, $"with {parent.Name} by {string.Join(", ", children)}", from, from + tenant, values);
    }

    private QueryPair Pair(
        TableSchema table,
        string name,
        string what,
        IReadOnlyList<string> conditions,
        IReadOnlyList<SqlValue> values,
        string tail = "")
    {
        string Sql(IEnumerable<string> all) =>
            $"SELECT {what} FROM " +
            $"{Identifier.Quote(table.Name)}{string.Concat(all.Select((c, i) => (i == 0 ? " WHERE " : " AND ") + c))}{tail}";

        // A pre-existing tenant column is part of both queries; only the condition that the application must add is measured.
        return new QueryPair(table.Name, name, Sql(conditions), Sql(conditions.Append($"{_tenant} = :tenant_id")), values);
    }

    private static QueryPair Nothing(TableSchema table, string why) => new(table.Name, "all", "", "", []) { WhyNot = why };

    private static IEnumerable<string> Equal(IEnumerable<string> terms, int count) =>
        terms.Take(count).Select((term, i) => $"{term} = {QueryPair.Parameter(i)}");

    /// <summary>The terms as readable text, without unnecessary quotes.</summary>
    private static string Names(IEnumerable<string> terms) => string.Join(", ", terms.Select(IndexTerms.Name));
}
