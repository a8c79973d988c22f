namespace PosTenancy.Engine.Reporting.FleetSections;

/// <summary>What this report does not prove.</summary>
internal static class FleetNotKnown
{
    public static ReportSection Create(FleetRun run) => ReportSection.From("What Was Not Checked", new Bullets([.. Items(run)]));

    private static IEnumerable<Line> Items(FleetRun run)
    {
        int unknown = run.Results.Count(StoreCells.IsUnknown);
        if (unknown > 0)
        {
            yield return $"The figures and checks of {Figures.Count(unknown, "store", "stores")}: this report does not have " +
                $"{(unknown == 1 ? "its" : "their")} results.";
        }

        int notStarted = run.Results.Count(r => r.Status == FleetStatus.NotStarted);
        if (notStarted > 0)
        {
            yield return $"Anything in {Figures.Count(notStarted, "store that was", "stores that were")} not started.";
        }

        yield return "How many stores were upgraded at once is not recorded, nor which of them were canaries.";
        yield return "Restoring a backup was not attempted. Whether every backup still exists was not checked again.";
        yield return "The application was not run: only its own tests can show what its statements do with the new column.";
    }
}
