namespace PosTenancy.Engine.Reporting.ImportSections;

/// <summary>How the committed file was proved, and the checks of the whole run.</summary>
internal static class ImportProof
{
    public static ReportSection Create(TenantImportRun run) => ReportSection.From(
        "Proof",
        new Paragraph(How(run.ProvedBy(), run.Rehearsal())),
        Bullets.From(
            Line.Fact("Rehearsal on a copy", run.Rehearsal() is { } rehearsal
                ? $"{Figures.Duration(rehearsal.Duration)}; {rehearsal.Checks.Tally()}"
                : "skipped, or not reached")),
        Table(run.Checks(), "No check of the whole database ran, so this report proves nothing about its other rows."));

    /// <summary>Checks with what was expected and found.</summary>
    public static Block Table(IReadOnlyList<CheckResult> checks, string none) => checks.Count == 0
        ? new Paragraph(none)
        : new Table(
            ["Check", "Name", "Expected", "Actual", "Status", "Detail", new Column("Duration", IsNumber: true)],
            [
                .. checks.Select(c => Reporting.Table.Row(
                    c.Title,
                    c.Name,
                    c.Expected,
                    c.Actual,
                    Line.Status(c.Status),
                    Labels.OrNothing(c.Detail),
                    Figures.Duration(c.Duration))),
            ]);

    /// <summary>In which way the committed file was proved.</summary>
    public static string How(ProvedBy? provedBy, ChangeRehearsal? rehearsal) => provedBy switch
    {
        ProvedBy.Twin =>
            "The checks ran on the rehearsed copy, and the committed file equals that copy byte for byte.",
        ProvedBy.Checks =>
            "The checks ran on the committed file, from a new connection.",
        _ when rehearsal is not null =>
            "Nothing was committed. The checks ran on a copy, or on a transaction that was rolled back.",
        _ => "Nothing was committed.",
    };
}
