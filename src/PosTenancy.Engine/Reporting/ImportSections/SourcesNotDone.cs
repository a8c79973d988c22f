namespace PosTenancy.Engine.Reporting.ImportSections;

/// <summary>The sources that are not imported, and why. What ended the whole run is said once.</summary>
internal static class SourcesNotDone
{
    public static ReportSection Create(TenantImportRun run)
    {
        IReadOnlyList<TenantImportResult> sources = run.NotDone();
        return ReportSection.From("Not Imported", sources.Count == 0
            ? new Paragraph("None: every source is in the database.")
            : new Bullets([.. sources.GroupBy(r => (r.Status, r.Error)).Select(g => Row(g.Key.Status, g.Key.Error, [.. g]))]));
    }

    private static Line Row(TenantChangeStatus status, Failure? error, IReadOnlyList<TenantImportResult> sources) => Line.From(
        new Mark(CheckStatus.Failed),
        " ",
        new Strong(Labels.For(status) + ":"),
        sources.Count == 1
            ? $" {sources[0].SourcePath}, tenant {sources[0].TenantId}: "
            : $" {Figures.Count(sources.Count)} sources, for the tenants {string.Join(", ", sources.Select(s => s.TenantId))}: ",
        error is null ? "There is no message." : $"{error.Message} ({error.ErrorId})");
}
