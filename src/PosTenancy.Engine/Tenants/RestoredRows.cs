using System.Diagnostics;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Tenants;

/// <summary>
/// The proof, before COMMIT, that the rows of a tenant are those of the source: with new keys mapped back, and together with the rows that
/// were left out, each table has the digest that it has there, and no reference was lost.
/// </summary>
/// <param name="path">The database, for the results.</param>
/// <param name="slice">The rows of the tenant.</param>
/// <param name="layout">The tables.</param>
/// <param name="plan">What was to be written.</param>
internal sealed class RestoredRows(string path, TenantSlice slice, TenantLayout layout, RestorePlan plan)
{
    private const int MaxNamed = 10;

    /// <summary>Runs every check.</summary>
    public IReadOnlyList<CheckResult> Check() =>
    [
        Run("TenantEqualsSource", "Rows equal to the source", Expected, CompareRows),
        Run(
            "ReferencesIntact",
            "References of the tenant",
            "none names no row, or one of another tenant, that did not in the source",
            CompareReferences),
    ];

    private string Expected => string.Join(
        ", ",
        new[]
        {
            "every row as in the source",
            plan.NewKeys.Count > 0 ? "with keys mapped back" : "",
            plan.Removed > 0 ? $"with those that were left out ({plan.Removed})" : "",
        }.Where(p => p.Length > 0));

    private (List<string> Different, string Actual) CompareRows()
    {
        List<string> different = [];
        long rows = 0;
        foreach (MovedTable table in plan.Moved)
        {
            RowDigest now = SliceDigest.Read(slice, table, isBack: true).All;
            rows += now.Rows;
            RowDigest all = now.Plus(plan.RemovedFrom(table.Table));
            RowDigest expected = plan.Source[table.Table];
            if (all != expected)
            {
                different.Add($"{table.Table.Name}: {all.Rows} rows, {expected.Rows} in the source, and their values differ");
            }
        }

        return (different, $"{rows} rows in {plan.Moved.Count} tables");
    }

    /// <summary>A reference that names nothing in the source names nothing afterwards, unless a shared row has come meanwhile.</summary>
    private (List<string> Different, string Actual) CompareReferences()
    {
        SliceReferences references = new(layout);
        List<string> different = [];
        int count = 0;
        foreach ((TableSchema child, ForeignKeySchema reference, TableSchema parent) in references.All
            .Where(r => plan.Changed.Contains(r.Child)))
        {
            count++;
            TenantSlice source = plan.StoredRows;
            (long lost, long before) = (
                references.CountLost(slice, child, reference, parent), references.CountLost(source, child, reference, parent));
            if (lost > before)
            {
                different.Add($"{child.Name} to {parent.Name}: {lost} rows name no row of the tenant, {before} in the source");
            }
            else if (lost > 0 && layout.Tables.Contains(parent))
            {
                (lost, before) = (
                    references.CountCrossing(slice, child, reference, parent),
                    references.CountCrossing(source, child, reference, parent));
                if (lost > before)
                {
                    different.Add($"{child.Name} to {parent.Name}: {lost} rows name a row of another tenant, {before} in the source");
                }
            }
        }

        return (different, $"{count} foreign keys");
    }

    private CheckResult Run(string name, string title, string expected, Func<(List<string> Different, string Actual)> measure)
    {
        Stopwatch watch = Stopwatch.StartNew();
        (List<string> different, string actual) = measure();
        return new CheckResult(
            path,
            name,
            $"{title}: {slice.TenantId}",
            expected,
            actual,
            different.Count == 0 ? CheckStatus.Passed : CheckStatus.Failed,
            ShortList.Join(different, MaxNamed, separator: "; ", last: "; and "),
            watch.Elapsed);
    }
}
