namespace PosTenancy.Engine.Reporting.FleetSections;

/// <summary>When the rollout ran, and how long the applications had to stay away.</summary>
internal static class FleetTimes
{
    public static ReportSection Create(FleetRun run) => ReportSection.From(
        "Time and Downtime",
        Bullets.From(
        [
            Line.Fact("Start", Figures.Moment(run.StartedAt)),
            Line.Fact("End", Figures.Moment(run.StartedAt + run.Duration)),
            Line.Fact("Duration", Figures.Duration(run.Duration)),
            Line.Fact("Stores begun by this run", Figures.Count(run.Begun().Count())),
            .. Downtime(run),
        ]));

    private static IEnumerable<Line> Downtime(FleetRun run)
    {
        if (run.Downtime() is not { } downtime)
        {
            return [Line.Fact("Downtime", "this run locked no database")];
        }

        string foretold = run.IsRehearsal ? ", foretold" : "";
        return
        [
            Line.Fact($"Longest downtime of a store{foretold}", Figures.Duration(downtime.Longest)),
            Line.Fact($"Median downtime{foretold}", Figures.Duration(downtime.Median)),
            Line.Fact(
                $"Sum of the downtimes{foretold}",
                $"{Figures.Duration(downtime.Sum)}, of {Figures.Count(downtime.Stores, "store", "stores")}"),
        ];
    }
}
