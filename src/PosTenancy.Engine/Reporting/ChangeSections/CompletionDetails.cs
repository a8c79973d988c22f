namespace PosTenancy.Engine.Reporting.ChangeSections;

/// <summary>The columns that lost their DEFAULT, and what counts on it.</summary>
internal static class CompletionDetails
{
    public static IEnumerable<ReportSection> Create(CompletionResult result)
    {
        yield return ReportSection.From(
            "Tenant Columns",
            result.Columns.Count == 0
                ? new Paragraph("No tenant column has a DEFAULT, or the command ended before they were read.")
                : new Table(
                    ["Table", "DEFAULT", "Allowed NULL", new Column("Rows written to store it", IsNumber: true)],
                    [
                        .. result.Columns.Select(c => Table.Row(
                            c.Table, Labels.OrNothing(c.TenantId ?? ""), c.AllowedNull ? "yes" : "no", Figures.Count(c.RowsStored))),
                    ]));
        yield return ReportSection.From(
            "What Counts on the DEFAULT",
            result.Affected.Count == 0
                ? new Paragraph("No trigger and no foreign key was found that does. The application's own statements were not read.")
                : new Table(
                    ["Name", "On", "Writes to", "Tried", "Message"],
                    [
                        .. result.Affected.Select(a => Table.Row(a.Name, a.On, a.Table, a.IsTried ? "yes" : "no", a.Message)),
                    ]));
    }
}
