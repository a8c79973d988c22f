using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Verification;

/// <summary>A query for one tenant uses an index, according to SQLite's query plan.</summary>
internal sealed class TenantFilterUsesIndex : IntegrityCheck
{
    public override string Name => nameof(TenantFilterUsesIndex);

    public override string Title => "Query with a tenant filter";

    public override string? Risk => "Tenant queries that scan whole tables";

    public override string Expected(CheckContext context) => $"{context.ExpectedTables} tables searched through an index";

    public override CheckFinding Measure(CheckContext context)
    {
        int searched = 0;
        List<string> scanned = [];
        List<string> unusable = [.. context.MissingTables.Select(t => $"{t}: the table is gone")];
        foreach (TableSchema table in context.Tables)
        {
            if (table.FindColumn(context.Expectation.ColumnName) is not { } column)
            {
                unusable.Add($"{table.Name}: no such column");
            }
            else if (IsSearched(context.Connection, table, column, index: null))
            {
                searched++;
            }
            else if (table.FindIndexLedBy(column.Name) is { } index && IsSearched(context.Connection, table, column, index))
            {
                // After ANALYZE with a single tenant the planner knows that the index selects every row, and correctly scans the table.
                scanned.Add(table.Name);
            }
            else
            {
                unusable.Add($"{table.Name}: scanned in full");
            }
        }

        string actual = $"{searched} tables";
        if (unusable.Count > 0)
        {
            return new CheckFinding(CheckStatus.Failed, actual, List(unusable));
        }

        return scanned.Count > 0
            ? new CheckFinding(
                CheckStatus.Warning,
                actual,
                $"with the statistics of ANALYZE the planner prefers to scan these, although the index can be used: {List(scanned)}")
            : new CheckFinding(CheckStatus.Passed, actual);
    }

    /// <summary>Whether SQLite searches, on its own or with INDEXED BY, under which it may also scan the whole index.</summary>
    private static bool IsSearched(DatabaseConnection connection, TableSchema table, ColumnSchema column, IndexSchema? index) =>
        (index is null || connection.Compiler.Error(Select(table, column, index)) is null) && connection
            .Query("EXPLAIN QUERY PLAN " + Select(table, column, index), static row => row.GetString(3), "")
            .Any(step => step.StartsWith("SEARCH t ", StringComparison.Ordinal) && step.Contains($"({column.Name}=?"));

    private static string Select(TableSchema table, ColumnSchema column, IndexSchema? index) =>
        $"SELECT * FROM main.{Identifier.Quote(table.Name)} AS t {(index is null ? "" : "INDEXED BY " + Identifier.Quote(index.Name))} " +
        $"WHERE t.{Identifier.Quote(column.Name)} = ?1";
}
