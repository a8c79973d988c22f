using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Verification;

/// <summary>
/// Every table has as many rows as before, including tables that are not migrated. Only the project's own history has exactly one more row,
/// if
/// the migration was recorded in it. If a script may have run, additional rows in the application's history or tenant registry are a
/// warning; missing rows are always a failure.
/// </summary>
internal sealed class RowCountsMatch : IntegrityCheck
{
    public override string Name => nameof(RowCountsMatch);

    public override string Title => "Row counts before and after";

    public override string? Risk => "Rows lost";

    public override string Expected(CheckContext context) => context.Baseline is { } baseline
        ? Total(baseline.Schema.Counts.Tables, baseline.Schema.Counts.Rows + (context.Expectation.HistoryTable is null ? 0 : 1)) +
            (context.Expectation.HistoryTable is { } history ? $", one of them new in {history}" : "")
        : "the counts of the backup";

    public override CheckFinding Measure(CheckContext context)
    {
        string actual = Total(context.Schema.Counts.Tables, context.Schema.Counts.Rows);
        if (context.Baseline is null)
        {
            return new CheckFinding(CheckStatus.NotChecked, actual, "no backup to compare with; name one with -BackupPath");
        }

        Dictionary<string, long> after = context.Schema.CountedTables.ToDictionary(t => t.Name, t => t.Rows!.Value, Identifier.Comparer);
        List<string> different = [];
        List<string> added = [];
        string? history = context.Expectation.HistoryTable;
        if (history is not null && !context.Baseline.Schema.CountedTables.Any(t => Identifier.Comparer.Equals(t.Name, history)))
        {
            different.Add($"{history}: named as the history, but did not exist before");
        }

        foreach (TableSchema table in context.Baseline.Schema.CountedTables)
        {
            bool isHistory = Identifier.Comparer.Equals(table.Name, history!);
            bool mayGrow = !isHistory && context.MayBeKeptByScript(table.Name);
            if (!after.TryGetValue(table.Name, out long rows))
            {
                different.Add($"{table.Name}: {table.Rows} before, the table is gone");
            }
            else if (rows != table.Rows + (isHistory ? 1 : 0))
            {
                (mayGrow && rows > table.Rows ? added : different).Add(
                    $"{table.Name}: {table.Rows} before, {rows} " +
                    $"after{(isHistory ? "; a migration adds exactly one row to the history" : "")}"
                );
            }

            after.Remove(table.Name);
        }

        foreach (KeyValuePair<string, long> table in after)
        {
            (context.MayBeKeptByScript(table.Key) ? added : different).Add(
                $"{table.Key}: did not exist before, {table.Value} rows");
        }

        return different.Count == 0 && added.Count > 0
            ? new CheckFinding(CheckStatus.Warning, actual, List(added))
            : CheckFinding.PassedIf(different.Count == 0, actual, List(different));
    }

    private static string Total(int tables, long rows) => $"{rows} rows in all {tables} tables";
}
