namespace PosTenancy.Engine.Reporting.ImportSections;

/// <summary>What this report does not prove.</summary>
internal static class ImportNotKnown
{
    public static ReportSection Create(TenantImportRun run) => ReportSection.From("What Was Not Checked", new Bullets([.. Items(run)]));

    private static IEnumerable<Line> Items(TenantImportRun run)
    {
        if (run.ProvedBy() is null)
        {
            yield return "Nothing on the live file as it is now: nothing was committed.";
        }

        int before = run.Results.Count(r => r.Status == TenantChangeStatus.AlreadyImported);
        if (before > 0)
        {
            yield return $"The rows of {Figures.Count(before, "tenant that was", "tenants that were")} imported before, as they are now: " +
                "only that the source is still the one that was imported.";
        }

        foreach (CheckResult check in run.Checks().Concat(run.Results.SelectMany(r => r.SourceChecks()))
            .Where(c => c.Status == CheckStatus.NotChecked))
        {
            yield return Line.From(new Mark(check.Status), " ", new Strong(check.Title + ":"), " " + Labels.OrNothing(check.Detail));
        }

        yield return "References that neither a foreign key nor -KeyMap declares, and that do not look like one, as in free text or in " +
            "other systems: they still have the old keys.";
        yield return "Whether one tenant sees or touches rows of another was not tested.";
        yield return "Restoring the backup was not attempted.";
    }
}
