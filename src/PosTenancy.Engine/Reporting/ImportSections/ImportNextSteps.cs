namespace PosTenancy.Engine.Reporting.ImportSections;

/// <summary>Actions that remain for the operator.</summary>
internal static class ImportNextSteps
{
    public static ReportSection Create(TenantImportRun run) =>
        ReportSection.From("Next Steps", new Bullets([.. Steps(run)], IsNumbered: true));

    private static IEnumerable<Line> Steps(TenantImportRun run)
    {
        if (Has(TenantChangeStatus.Failed))
        {
            yield return "Keep the application stopped, and restore the backup as described under Backup and Rollback.";
            yield break;
        }

        if (run.Done() < run.Results.Count)
        {
            yield return "Remove the cause that each message under Not Imported names, and run the same command again. What is imported " +
                "is recognized and not imported again.";
        }

        if (Has(TenantChangeStatus.Succeeded))
        {
            yield return "Keep each key map as long as its tenant, and back it up with the database. Without it, the rows of the tenant " +
                "cannot be compared with their source, or exported with their original keys.";
            yield return "Stop the old store, or let it sell into this database: rows that it gets from now on are not in this import.";
            yield return "Keep the source and the backup until the application has run with the new tenant for long enough.";
        }

        if (run.Results.Any(r => r.Warnings.Count > 0))
        {
            yield return "Read the warnings.";
        }

        yield return "Run Test-PosTenantIsolation before two tenants use the database: it tests whether one can reach rows of another.";

        bool Has(TenantChangeStatus status) => run.Results.Any(r => r.Status == status);
    }
}
