using PosTenancy.Engine.Reporting.Sections;

namespace PosTenancy.Engine.Reporting.ChangeSections;

/// <summary>The backup, and how to restore it.</summary>
internal static class ChangeRollback
{
    private const string Heading = "Backup and Rollback";

    public static IEnumerable<ReportSection> Create(TenantChangeResult result)
    {
        if (result.Backup is not { } backup)
        {
            yield return ReportSection.From(
                Heading, new Paragraph("No backup was made, and nothing was written that would have to be rolled back."));
            yield break;
        }

        yield return ReportSection.From(
            Heading,
            new Paragraph(
                result.Status == TenantChangeStatus.Failed ? "Restore the backup now, before the application is started."
                : result.ProvedBy is null ? "Not needed: nothing was committed."
                : "Nothing that was measured calls for a rollback. If you want one later: data written since is not in the backup."),
            Bullets.From(
                Line.Fact("Backup", backup.BackupPath),
                Line.Fact("Manifest", backup.ManifestPath),
                Line.Fact("SHA-256", backup.Sha256),
                Line.Fact("Size", Figures.Bytes(backup.Length))));
        foreach (ReportSection way in RollbackInformation.Ways(result.Path, backup))
        {
            yield return way;
        }
    }
}
