namespace PosTenancy.Engine.Reporting.FleetSections;

/// <summary>How many stores ended how, and how long one takes.</summary>
internal static class FleetSummary
{
    private static readonly (string Label, TimeSpan Below)[] Ranges =
    [
        ("under 1 s", TimeSpan.FromSeconds(1)),
        ("1 s to 10 s", TimeSpan.FromSeconds(10)),
        ("10 s to 1 min", TimeSpan.FromMinutes(1)),
        ("1 min to 10 min", TimeSpan.FromMinutes(10)),
        ("10 min or longer", TimeSpan.MaxValue),
    ];

    public static ReportSection Create(FleetRun run) => ReportSection.From("Summary", [.. Blocks(run)]);

    private static IEnumerable<Block> Blocks(FleetRun run)
    {
        if (run.IsRehearsal)
        {
            yield return new Paragraph(
                "This was a rehearsal: every upgrade was tested on a copy, and no database was changed. Its downtimes are those that an " +
                "upgrade would need.");
        }

        if (run.Results.Count == 0)
        {
            yield return new Paragraph("There were no stores.");
            yield break;
        }

        yield return new Chart(
            "Stores per status",
            "Status",
            "Stores",
            [.. run.Statuses().Select(s => Bar(Labels.For(s.Status), s.Stores))]);
        List<Bar> times = [.. Times(run)];
        if (times.Count > 0)
        {
            yield return new Chart("Stores per duration", "Duration", "Stores", times);
        }
    }

    private static IEnumerable<Bar> Times(FleetRun run)
    {
        TimeSpan from = TimeSpan.Zero;
        foreach ((string label, TimeSpan below) in Ranges)
        {
            int stores = run.Begun().Count(r => r.Duration >= from && r.Duration < below);
            from = below;
            if (stores > 0)
            {
                yield return Bar(label, stores);
            }
        }
    }

    private static Bar Bar(string label, int stores) => new(label, stores, Figures.Count(stores));
}
