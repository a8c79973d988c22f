namespace PosTenancy.Engine.Reporting.FleetSections;

/// <summary>The stores that took longest in this run.</summary>
internal static class SlowestStores
{
    private const int MaxRows = 10;

    public static ReportSection Create(FleetRun run)
    {
        List<FleetResult> slowest = [.. run.Begun().OrderByDescending(r => r.Duration).Take(MaxRows)];
        return ReportSection.From("Slowest Stores", slowest.Count == 0
            ? new Paragraph("None: this run began no store.")
            : new Table(
                [
                    "Machine",
                    "Database",
                    "Tenant",
                    "Status",
                    new Column("Duration", IsNumber: true),
                    new Column(StoreCells.DowntimeTitle(run), IsNumber: true),
                    new Column("Size before", IsNumber: true),
                ],
                [
                    .. slowest.Select(r => Table.Row(
                        StoreCells.Machine(r),
                        r.Path,
                        r.TenantId,
                        StoreCells.Status(r),
                        Figures.Duration(r.Duration),
                        StoreCells.Downtime(r),
                        r.Upgrade?.Before is { } before ? Figures.Bytes(before.Length) : "not known")),
                ]));
    }
}
