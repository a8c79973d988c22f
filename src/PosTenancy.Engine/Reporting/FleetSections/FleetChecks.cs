namespace PosTenancy.Engine.Reporting.FleetSections;

/// <summary>The checks that did not pass everywhere, and in how many stores.</summary>
internal static class FleetChecks
{
    public static ReportSection Create(FleetRun run) => ReportSection.From("Checks", [.. Blocks(run)]);

    private static IEnumerable<Block> Blocks(FleetRun run)
    {
        int stores = run.Results.Count(r => r.Upgrade is { Checks.Count: > 0 });
        if (stores == 0)
        {
            yield return new Paragraph("No check ran, so this report proves nothing about the data.");
            yield break;
        }

        IReadOnlyList<CheckFigures> checks = run.ChecksNotPassed();
        string of = $"Checks ran in {Figures.Count(stores)} of {Figures.Count(run.Results.Count, "store", "stores")}";
        yield return new Paragraph(checks.Count == 0
            ? $"{of}, and every check passed."
            : $"{of}. For each check that did not pass everywhere, the number of stores by its status. Those of an upgrade that was " +
            "rolled back are counted too.");
        if (checks.Count > 0)
        {
            yield return new Table(
                ["Check", "Name", Number("Failed"), Number("Warning"), Number("Not checked")],
                [
                    .. checks.Select(c => Table.Row(
                        c.Title,
                        c.Name,
                        Figures.Count(c.Failed),
                        Figures.Count(c.Warning),
                        Figures.Count(c.NotChecked))),
                ]);
        }

        static Column Number(string title) => new(title, IsNumber: true);
    }
}
