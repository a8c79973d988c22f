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
        "Run ANALYZE on the database, so that the planner knows how many rows a tenant has, and again when there are more tenants";

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
                : $" It has no statistics for {preferred}, and without them it assumes that a tenant has few rows.";
            string sorts = now.Sorts && !old.Sorts ? " The rows, which were in order before, must also be sorted." : "";
            return (
                $"The planner prefers {preferred}, which finds every row of the tenant, to {used}.{missing}{sorts}",
                Composite(old) is { } sql
                    ? $"-IndexStrategy Composite prefixes the index with {columnName}: {sql}. Or: {Analyze}."
                    : (UsesUniqueKey(old) ? $"-UniqueScope Tenant prefixes the key with {columnName}. Or: " : "") + $"{Analyze}.");
        }

        if (!query.HasTenant && old.Indexes.FirstOrDefault(i => IsTenantIndex(i) && !IsTenantIndexBefore(i) && !now.Searches(i)) is { } lost
        )
        {
            return (
                $"The query does not name {columnName}, with which {lost} begins now, so that index is no longer searched.",
                $"Add {columnName} = … to the query. Or: " +
                $"{Analyze.Replace(", and again", "; SQLite can then skip over the tenants in the index. Run it again")}."
            );
        }

        if (old.Indexes.FirstOrDefault(i => old.Covers(i) && !now.Covers(i)) is { } covering &&
            now.Indexes.Contains(covering, StringComparer.Ordinal))
        {
            return (
                $"{covering} alone answered the query before, but does not contain {columnName}: each row must now be looked up.",
                Composite(old) is { } sql
                    ? $"-IndexStrategy Composite prefixes the index with {columnName}: {sql}."
                    : $"Create an index that begins with {columnName} and continues as {covering} does.");
        }

        if (IsWholeTable(query, old))
        {
            return (
                $"It reads every row of the tenant, through {Text(now)}. Without a tenant SQLite only counts entries, through " +
                $"{used}.",
                "None: no index reduces the rows of a tenant. If it matters, keep the count in a separate table.");
        }

        return old.Indexes.SequenceEqual(now.Indexes, StringComparer.Ordinal)
            ? (
                "The plan is the same, but the tenant of each row is read and compared as well.",
                Composite(old) is { } better && query.HasTenant
                    ? $"-IndexStrategy Composite prefixes the index with {columnName}: {better}."
                    : "")
            : ($"The plan changed: it used {used} before, and uses {Text(now)} now.", $"{Analyze}.");
    }

    /// <summary>Whether a query without the tenant scanned all rows anyway.</summary>
    private static bool IsWholeTable(QueryPair query, QueryPlan old) =>
        query.Before.StartsWith("SELECT count(*) FROM ", StringComparison.OrdinalIgnoreCase) &&
        !query.Before.Contains(" WHERE ") &&
        old.Steps.All(s => s.StartsWith("SCAN ", StringComparison.Ordinal));

    private static string Text(QueryPlan plan) =>
        plan.Indexes.Count == 0 ? "a full table scan" : string.Join(" and ", plan.Indexes);

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
