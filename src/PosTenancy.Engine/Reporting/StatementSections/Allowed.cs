using PosTenancy.Engine.Statements;

namespace PosTenancy.Engine.Reporting.StatementSections;

/// <summary>The statements that may reach all tenants, each with its reason.</summary>
internal static class Allowed
{
    public static IEnumerable<ReportSection> Create(StatementRun run, SourceRoot root)
    {
        IReadOnlyList<StatementResult> results = run.With(StatementVerdict.AllTenants);
        if (results.Count > 0)
        {
            yield return ReportSection.From(
                "Allowed to Reach All Tenants",
                new Table(
                    ["Where", "Table", "Allowed by", "Reason", "Without it", "Statement"],
                    [
                        .. results.Select(r => Table.Row(
                            root.Place(r),
                            r.Table.Length == 0 ? "none" : r.Table,
                            r.IsInBaseline ? "the baseline" : "a comment in the source",
                            r.AllowedReason ?? "",
                            string.Join(" ", r.Notes),
                            StatementKey.Normalize(r.Sql))),
                    ]));
        }
    }
}
