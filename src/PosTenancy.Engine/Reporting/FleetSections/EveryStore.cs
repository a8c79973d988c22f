namespace PosTenancy.Engine.Reporting.FleetSections;

/// <summary>One line for each store, in the order of the rows, with its backup.</summary>
internal static class EveryStore
{
    public static ReportSection Create(FleetRun run) => ReportSection.From("Every Store", run.Results.Count == 0
        ? new Paragraph("There were no stores.")
        : new Table(
            [
                "Machine",
                "Database",
                "Tenant",
                "Status",
                new Column(StoreCells.DowntimeTitle(run), IsNumber: true),
                "Backup",
                "SHA-256 of the backup",
                "Report",
            ],
            [
                .. run.Results.Select(r => Table.Row(
                    StoreCells.Machine(r),
                    r.Path,
                    r.TenantId,
                    StoreCells.Status(r),
                    StoreCells.Downtime(r),
                    r.BackupPath ?? (StoreCells.IsUnknown(r) ? StoreCells.NotKnown : "none made"),
                    r.Upgrade?.Backup?.Sha256 ?? "",
                    r.ReportPath ?? "none written")),
            ]));
}
