namespace PosTenancy.Engine.Reporting.FleetSections;

/// <summary>The essentials: how the rollout ended, and whether a store must not be opened.</summary>
internal static class FleetHeader
{
    public static IReadOnlyList<Block> Create(FleetRun run)
    {
        List<Block> head = [new Paragraph(Line.From(new Mark(run.Outcome()), " ", new Strong(Verdict(run))))];
        int failed = run.Results.Count(r => r.Status == FleetStatus.Failed);
        if (failed > 0)
        {
            head.Add(new Paragraph(Line.From(
                new Mark(CheckStatus.Failed),
                " ",
                new Strong($"{Figures.Count(failed, "database is", "databases are")} not known to be as before."),
                " Keep the application stopped in each store with the status Failed until you have done what its error says.")));
        }

        head.Add(Bullets.From(
        [
            Line.Fact("Date", Figures.Date(run.StartedAt)),
            Line.Fact("Time", Figures.Time(run.StartedAt)),
            Line.Fact("Total duration", Figures.Duration(run.Duration)),
            Line.Fact("Stores", Figures.Count(run.Results.Count)),
            Line.Fact("Done", Figures.Count(run.Done())),
            Line.Fact("Not done", Figures.Count(run.Results.Count - run.Done())),
            Line.Fact("Program", Versions(run, f => f.ProductVersion)),
            Line.Fact("SQLite", Versions(run, f => f.SqliteVersion)),
        ]));
        return head;
    }

    private static string Verdict(FleetRun run)
    {
        int total = run.Results.Count;
        int left = total - run.Done();
        string what = run.IsRehearsal ? "rehearsal" : "rollout";
        string of = $"{Figures.Count(left)} of {Figures.Count(total, "store is", "stores are")} not {(run.IsRehearsal ? "ready" : "done")}";
        if (run.Stopped is { } why)
        {
            return $"The {what} was stopped, and {of}: {why.TrimEnd('.')}.";
        }

        return left > 0 ? $"The {what} is not complete: {of}."
            : total == 0 ? $"The {what} had no stores."
            : $"The {what} is complete: {Figures.Count(total)} of {Figures.Count(total, "store is", "stores are")} " + Complete(run);
    }

    private static string Complete(FleetRun run)
    {
        int doubtful = run.Results.Count(r => r.Outcome() == CheckStatus.Failed);
        string state = run.IsRehearsal ? "ready" : "done";
        return run.Outcome() switch
        {
            CheckStatus.Passed => $"{state}, and every check passed.",
            CheckStatus.Failed =>
                $"{state}, but in {Figures.Count(doubtful, "store", "stores")} a check failed. Do not rely on such a database until that " +
                "is explained.",
            _ when run.Results.All(r => r.Upgrade is null) => $"{state}. Nothing was left to do.",
            _ => $"{state}, but not every check passed.",
        };
    }

    private static string Versions(FleetRun run, Func<FileState, string> version)
    {
        string[] all =
        [
            .. run.Results
                .Select(r => r.Upgrade?.Before)
                .OfType<FileState>()
                .Select(version)
                .Distinct(StringComparer.Ordinal)
                .OrderBy(v => v, StringComparer.Ordinal),
        ];
        return all.Length == 0 ? Labels.NotReached : string.Join(", ", all);
    }
}
