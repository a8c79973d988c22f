namespace PosTenancy.Engine.Reporting.Sections;

/// <summary>What this report does not prove.</summary>
internal static class NotCheckedList
{
    public static ReportSection Create(UpgradeResult result) => ReportSection.From("What Was Not Checked", new Bullets([.. Items(result)]));

    private static IEnumerable<Line> Items(UpgradeResult result)
    {
        if (result.Checks.Count == 0)
        {
            yield return "No check ran.";
        }
        else if (!result.IsOfLiveFile())
        {
            yield return $"Nothing on the live file as it is now: the checks ran {result.WhereChecked()}.";
        }

        foreach (CheckResult check in result.Checks.Where(c => c.Status == CheckStatus.NotChecked))
        {
            yield return Line.From(new Mark(check.Status), " ", new Strong(check.Title + ":"), " " + Labels.OrNothing(check.Detail));
        }

        if (result.Before?.OpenElsewhereNotChecked is { } why)
        {
            yield return $"Whether another program had the file open was not fully checked: {why}.";
        }

        if (result.Rehearsal is null)
        {
            yield return result switch
            {
                { Status: UpgradeStatus.AlreadyMigrated } => "Nothing was rehearsed: nothing had to be changed.",
                { RehearsalSkipped: true } => "The rehearsal was skipped on request.",
                _ => "The rehearsal was not reached.",
            };
        }

        if (result.Isolation.Count == 0)
        {
            yield return "Whether one tenant sees or touches rows of another was not tested.";
        }

        if (result.Queries.Count == 0)
        {
            yield return "How long a query takes was not measured.";
        }

        yield return "Restoring the backup was not attempted.";
        yield return "The application was not run: only its own tests can show what its statements do with the new column.";
    }
}
