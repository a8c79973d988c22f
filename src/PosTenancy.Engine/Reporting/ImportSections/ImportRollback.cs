using PosTenancy.Engine.Reporting.Sections;

namespace PosTenancy.Engine.Reporting.ImportSections;

/// <summary>The backup, and how to restore it.</summary>
internal static class ImportRollback
{
    private const string Heading = "Backup and Rollback";

    public static IEnumerable<ReportSection> Create(TenantImportRun run)
    {
        if (run.Backup() is not { } backup)
        {
            yield return ReportSection.From(
                Heading, new Paragraph("No backup was made, and nothing was written that would have to be rolled back."));
            yield break;
        }

        yield return ReportSection.From(
            Heading,
            new Paragraph(Need(run)),
            Bullets.From(
                Line.Fact("Backup", backup.BackupPath),
                Line.Fact("Manifest", backup.ManifestPath),
                Line.Fact("SHA-256", backup.Sha256),
                Line.Fact("Size", Figures.Bytes(backup.Length))));
        foreach (ReportSection way in RollbackInformation.Ways(run.Path, backup))
        {
            yield return way;
        }
    }

    private static string Need(TenantImportRun run) =>
        run.Results.Any(r => r.Status == TenantChangeStatus.Failed)
            ? "Restore the backup now, before the application is started."
        : run.ProvedBy() is not null
            ? "Nothing that was measured calls for a rollback. If you want one later: it removes every tenant of this run, and data " +
            "written since is not in the backup."
        : "Not needed: nothing was committed.";
}
