namespace PosTenancy.Engine.Reporting.ImportSections;

/// <summary>How many sources ended how, and one line for each, in their order, with its key map.</summary>
internal static class ImportSummary
{
    public static ReportSection Create(TenantImportRun run) => ReportSection.From(
        "Sources",
        new Chart(
            "Sources per status",
            "Status",
            "Sources",
            [.. run.Statuses().Select(s => new Bar(Labels.For(s.Status), s.Sources, Figures.Count(s.Sources)))]),
        new Table(
            [
                "Source",
                "Tenant",
                "Status",
                new Column("Rows", IsNumber: true),
                new Column("Keys mapped", IsNumber: true),
                new Column("Shared rows recognized", IsNumber: true),
                new Column("Shared rows added", IsNumber: true),
                new Column("Duration", IsNumber: true),
                "Key map",
            ],
            [
                .. run.Results.Select(r => Table.Row(
                    r.SourcePath,
                    r.TenantId,
                    Line.From(new Mark(r.Outcome()), $" {Labels.For(r.Status)}"),
                    Figures.Count(r.RowsImported),
                    Figures.Count(r.KeysMapped),
                    Figures.Count(r.RowsShared),
                    Figures.Count(r.RowsAdded),
                    Figures.Duration(r.Duration),
                    r.KeyMapPath ?? "none written")),
            ]));
}
