using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Verification;

/// <summary>Every table has as many rows as before, those that are not migrated included.</summary>
internal sealed class RowCountsMatch : IntegrityCheck
{
    public override string Name => nameof(RowCountsMatch);

    public override string Title => "Row counts before and after";

    public override string Expected(CheckContext context) => context.Baseline is { } baseline
        ? Total(baseline.Schema)
        : "the counts of the backup";

    public override CheckFinding Measure(CheckContext context)
    {
        string actual = Total(context.Schema);
        if (context.Baseline is null)
        {
            return new CheckFinding(CheckStatus.NotChecked, actual, "there is no backup to compare with; name it with -BackupPath");
        }

        Dictionary<string, long> after = context.Schema.CountedTables.ToDictionary(t => t.Name, t => t.Rows!.Value, Identifier.Comparer);
        List<string> different = [];
        foreach (TableSchema table in context.Baseline.Schema.CountedTables)
        {
            if (!after.TryGetValue(table.Name, out long rows))
            {
                different.Add($"{table.Name}: {table.Rows} before, the table is gone");
            }
            else if (rows != table.Rows)
            {
                different.Add($"{table.Name}: {table.Rows} before, {rows} after");
            }

            after.Remove(table.Name);
        }

        different.AddRange(after.Select(t => $"{t.Key}: not there before, {t.Value} rows"));
        return CheckFinding.PassedIf(different.Count == 0, actual, List(different));
    }

    private static string Total(DatabaseSchema schema) => $"{schema.Counts.Rows} rows in {schema.Counts.Tables} tables";
}
