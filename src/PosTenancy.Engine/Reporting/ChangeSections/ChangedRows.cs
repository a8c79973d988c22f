namespace PosTenancy.Engine.Reporting.ChangeSections;

/// <summary>The tenant's rows, table by table.</summary>
internal static class ChangedRows
{
    public static ReportSection Create(TenantChangeResult result) => ReportSection.From(
        "Rows",
        result.Tables.Count == 0
            ? new Paragraph("The tenant has no rows, or the change ended before they were counted.")
            : new Table(
                ["Table", new Column("Rows before", IsNumber: true), new Column("Rows after", IsNumber: true)],
                [
                    .. result.Tables.Select(t => Table.Row(t.Table, Figures.Count(t.RowsBefore), Figures.Count(t.RowsAfter))),
                ]));
}
