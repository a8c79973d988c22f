namespace PosTenancy.Engine.Reporting.ChangeSections;

/// <summary>How thoroughly a tenant was removed, its export, and what still holds it.</summary>
internal static class RemovalDetails
{
    public static IEnumerable<ReportSection> Create(TenantRemovalResult result)
    {
        yield return ReportSection.From(
            "Removal",
            Bullets.From(
                Line.Fact("Level", result.Level == TenantRemovalLevel.Erased
                    ? "Erased: the file was written again without free pages, and searched for what was the tenant's alone"
                    : "Removed: no query finds a row of the tenant; its bytes may still be in free pages of the file"),
                Line.Fact("Export", result.Export is { } export
                    ? $"{export.ExportPath} ({Figures.Count(export.Rows)} rows, SHA-256 {export.Sha256})"
                    : "none made")));
        if (result.Status != TenantChangeStatus.Succeeded)
        {
            yield break;
        }

        yield return ReportSection.From(
            "What Still Holds the Tenant",
            result.HeldBy.Count == 0
                ? new Paragraph("Nothing that was found.")
                : new Table(
                    ["Kind", "Where", "What", "How to remove it"],
                    [.. result.HeldBy.Select(h => Table.Row(h.Kind.ToString(), h.Path, h.Detail, h.HowToRemove))]),
            new Paragraph(
                "Only the folder of the database and that of the backup were searched for files. Copies elsewhere, and disk blocks that " +
                "the file system has freed, are not in this list. This report has the name of the tenant, too."));
    }
}
