using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Queries;

/// <summary>Explains from the two plans why a query became slower, and how to fix it.</summary>
/// <param name="before">Schema before the migration.</param>
/// <param name="after">Schema after the migration.</param>
/// <param name="columnName">Name of the tenant column.</param>
/// <param name="statistics">Indexes of the migrated database that have ANALYZE statistics.</param>
internal sealed class Slowdown(DatabaseSchema before, DatabaseSchema after, string columnName, ISet<string> statistics)
{
    private const string Analyze =
        "Run ANALYZE on the database, which tells the planner how many rows a tenant has, and again when there are more tenants";

    public (string Cause, string Cure) Explain(QueryPair query, QueryPlan old, QueryPlan now)
    {
        string used = Text(old);
        if (now.Indexes.FirstOrDefault(i =>
                IsTenantIndex(i) && now.SearchesOnly(i, columnName) && !old.Indexes.Contains(i, StringComparer.Ordinal))
                is { } preferred &&
            !IsWholeTable(query, old))
        {
            string missing = statistics.Contains(preferred)
                ? ""
                : $" It has no statistics of {preferred}, and without them it takes a tenant for a few rows.";
            string sorts = now.Sorts && !old.Sorts ? " The rows are sorted besides, which were in order before." : "";
            return (
                $"The planner prefers {preferred}, which leads to every row of the tenant, to {used}.{missing}{sorts}",
                Composite(old) is { } sql
                    ? $"-IndexStrategy Composite puts {columnName} in front of the index: {sql}. Or: {Analyze}."
                    : (UsesUniqueKey(old) ? $"-UniqueScope Tenant puts {columnName} in front of the key. Or: " : "") + $"{Analyze}.");
        }

        if (!query.HasTenant && old.Indexes.FirstOrDefault(i => IsTenantIndex(i) && !IsTenantIndexBefore(i) && !now.Searches(i)) is { } lost
        )
        {
            return (
                $"The query does not name {columnName}, with which {lost} begins now, so that it is not searched any more.",
                $"Add {columnName} = … to the query. Or: " +
                $"{Analyze.Replace(", and again", "; SQLite can then skip over the tenants in the index. Run it again")}."
            );
        }

        if (old.Indexes.FirstOrDefault(i => old.Covers(i) && !now.Covers(i)) is { } covering &&
            now.Indexes.Contains(covering, StringComparer.Ordinal))
        {
            return (
                $"{covering} answered the query without the table before, and does not hold {columnName}: each row is looked up for it.",
                Composite(old) is { } sql
                    ? $"-IndexStrategy Composite puts {columnName} in front of the index: {sql}."
                    : $"Make an index that begins with {columnName} and goes on as {covering} does.");
        }

        if (IsWholeTable(query, old))
        {
            return (
                $"It goes through every row of a tenant, and looks at each, in {Text(now)}. Without a tenant SQLite only counts entries, " +
                $"in {used}.",
                "None: no index makes the rows of a tenant fewer. Where it matters, keep the number in a table of its own.");
        }

        return old.Indexes.SequenceEqual(now.Indexes, StringComparer.Ordinal)
            ? (
                "The plan is the same: the tenant of each row is read and compared besides.",
                Composite(old) is { } better && query.HasTenant
                    ? $"-IndexStrategy Composite puts {columnName} in front of the index: {better}."
                    : "")
            : ($"The plan is another one: through {Text(now)}, before through {used}.", $"{Analyze}.");
    }

    /// <summary>Whether a query without the tenant scanned all rows anyway.</summary>
    private static bool IsWholeTable(QueryPair query, QueryPlan old) =>
        query.Before.StartsWith("SELECT count(*) FROM ", StringComparison.OrdinalIgnoreCase) &&
        !query.Before.Contains(" WHERE ") &&
        old.Steps.All(s => s.StartsWith("SCAN ", StringComparison.Ordinal));

    private static string Text(QueryPlan plan) =>
        plan.Indexes.Count == 0 ? "a table that is read from end to end" : string.Join(" and ", plan.Indexes);

    /// <summary>
    /// The statement of the used index prefixed with the tenant column; <see langword="null"/> for an index of a key, or one that already
    /// contains the tenant.
    /// </summary>
    private string? Composite(QueryPlan old) =>
        (
            from name in old.Indexes
            from o in before.Objects
            where o.Type == "index" && o.Name == name && o.Sql is not null
            where
                before
                    .Tables.SelectMany(t => t.Indexes)
                    .Any(i => i.Name == name && !i.IsUnique && !i.Columns.Contains(columnName, Identifier.Comparer!))
            where !IsTenantIndex(name)
            select IndexDefinition.Read(o.Sql!).LedBy(Identifier.Quote(columnName))
        ).FirstOrDefault();

    private bool UsesUniqueKey(QueryPlan old) =>
        before
            .Tables.SelectMany(t => t.Indexes)
            .Any(i => i is { IsUnique: true, Origin: "u" or "c" } && old.Indexes.Contains(i.Name, StringComparer.Ordinal));

    private bool IsTenantIndex(string name) => IsLed(after, name);

    private bool IsTenantIndexBefore(string name) => IsLed(before, name);

    private bool IsLed(DatabaseSchema schema, string name) => schema.Tables.SelectMany(t => t.Indexes)
        .Any(i => i.Name == name && i.Keys.Count > 0 && i.Keys[0].Column is { } first && Identifier.Comparer.Equals(first, columnName));
}
