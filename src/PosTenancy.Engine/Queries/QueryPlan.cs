namespace PosTenancy.Engine.Queries;

/// <summary>The output of EXPLAIN QUERY PLAN, and the indexes that it names.</summary>
internal sealed class QueryPlan
{
    private const string RowId = "INTEGER PRIMARY KEY";
    private const string PrimaryKey = " PRIMARY KEY";

    public QueryPlan(IReadOnlyList<string> steps, IReadOnlyCollection<string> indexes)
    {
        Steps = steps;
        Indexes = [.. steps.Select(step => IndexOf(step, indexes)).OfType<string>().Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Its steps in order.</summary>
    public IReadOnlyList<string> Steps { get; }

    /// <summary>The distinct indexes used; the rowid is called INTEGER PRIMARY KEY, as in SQLite's output.</summary>
    public IReadOnlyList<string> Indexes { get; }

    /// <summary>Whether rows are sorted because no index returns them in order.</summary>
    public bool Sorts => Steps.Any(s => s.StartsWith("USE TEMP B-TREE FOR", StringComparison.Ordinal));

    /// <summary>Whether an index answers the query without reading the table.</summary>
    public bool Covers(string index) => Steps.Any(s => s.Contains("USING COVERING INDEX " + index));

    /// <summary>Whether rows are found through a single column of an index.</summary>
    public bool SearchesOnly(string index, string column) =>
        Steps.Any(s => s.EndsWith($"INDEX {index} ({column}=?)", StringComparison.Ordinal));

    /// <summary>Whether rows are found by a search in an index or by rowid, not by a full scan.</summary>
    public bool Searches(string index) => Steps.Any(s => s.StartsWith("SEARCH ", StringComparison.Ordinal) && s.Contains(index));

    public override string ToString() => string.Join("; ", Steps);

    /// <summary>Finds the index in a step. Names may contain anything, even " (": the longest match is taken.</summary>
    private static string? IndexOf(string step, IReadOnlyCollection<string> indexes)
    {
        if (indexes
                .Where(i => step.EndsWith(" INDEX " + i, StringComparison.Ordinal) || step.Contains($" INDEX {i} ("))
                .OrderByDescending(i => i.Length)
                .FirstOrDefault() is
            { } index)
        {
            return index;
        }

        return step.Contains(" USING " + RowId) ? RowId : step.Contains(" USING" + PrimaryKey) ? PrimaryKey.Trim() : null;
    }
}
