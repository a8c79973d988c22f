namespace PosTenancy.Engine.Reporting.ChangeSections;

/// <summary>Where the rows of a restored tenant came from, what came back, and what did not fit.</summary>
internal static class RestoreDetails
{
    public static IEnumerable<ReportSection> Create(TenantRestoreResult result)
    {
        yield return ReportSection.From(
            "Restored Rows",
            Bullets.From(
            [
                Line.Fact("Source", result.SourcePath),
                .. result.SourceTenantId == result.TenantId ? [] : (Line[])[Line.Fact("Tenant in the source", result.SourceTenantId)],
                Line.Fact("Source made", result.SourceCreatedAt is { } made ? $"{Figures.Date(made)} {Figures.Time(made)}" : "not known"),
                Line.Fact("Rows that came back", Figures.Count(result.RowsReturned)),
                Line.Fact("Rows that went", Figures.Count(result.RowsGone)),
                Line.Fact("Rows that changed", Figures.Count(result.RowsChanged)),
                Line.Fact("Rows that were left out", Figures.Count(result.RowsSkipped)),
            ]),
            result.Restored.Count == 0
                ? new Paragraph("In no table rows differ from those of the source, or the restore ended before they were compared.")
                : new Table(
                    [
                        "Table",
                        new Column("Back", IsNumber: true),
                        new Column("Gone", IsNumber: true),
                        new Column("Changed", IsNumber: true),
                    ],
                    [
                        .. result.Restored.Select(t => Table.Row(
                            t.Table, Figures.Count(t.Returned), Figures.Count(t.Gone), Figures.Count(t.Changed))),
                    ]));
        if (result.NewKeys.Count > 0)
        {
            yield return ReportSection.From(
                "New Keys",
                new Table(
                    ["Table", "Column", "Key in the source", "Key in the database"],
                    [.. result.NewKeys.Select(k => Table.Row(k.Table, k.Column, k.Key, k.NewKey))]));
        }

        if (result.Conflicts.Count > 0)
        {
            yield return ReportSection.From(
                result.Status == TenantChangeStatus.Succeeded ? "Conflicts That Were Decided" : "Conflicts",
                new Bullets([.. result.Conflicts.Select(c => (Line)c.ToString())]));
        }
    }
}
