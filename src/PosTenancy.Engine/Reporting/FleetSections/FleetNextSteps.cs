namespace PosTenancy.Engine.Reporting.FleetSections;

/// <summary>Actions that remain for the operator.</summary>
internal static class FleetNextSteps
{
    public static ReportSection Create(FleetRun run) =>
        ReportSection.From("Next Steps", new Bullets([.. Steps(run)], IsNumbered: true));

    private static IEnumerable<Line> Steps(FleetRun run)
    {
        if (Has(FleetStatus.Failed))
        {
            yield return "Failed: keep the application stopped in these stores, and do what the message of each says.";
        }

        if (Has(FleetStatus.RolledBack) || Has(FleetStatus.Refused))
        {
            yield return "Refused or rolled back: these databases are as they were, and the stores can continue to use them unless the " +
                "message says otherwise. Fix the cause that it names.";
        }

        if (Has(FleetStatus.Cancelled))
        {
            yield return "Cancelled: the message says what state the database is in.";
        }

        if (run.Done() < run.Results.Count)
        {
            yield return "Run the same command again. It skips the stores that are done, and goes on with the others.";
        }

        if (run.IsRehearsal)
        {
            yield return "Run the same command without -Rehearse, when the application of each store can stay away for its downtime.";
            yield break;
        }

        if (run.ChecksNotPassed().Count > 0)
        {
            yield return "Read the checks that did not pass. The report of each store has their details.";
        }

        if (run.Results.Any(r => r.BackupPath is not null))
        {
            yield return "Keep the backups until the application has run on the new schema for long enough. Restore-PosDatabase restores " +
                "one, without the data written since.";
        }

        yield return "Name the columns in every INSERT of the application, set the tenant in each, and filter every query by tenant.";

        bool Has(FleetStatus status) => run.Results.Any(r => r.Status == status);
    }
}
