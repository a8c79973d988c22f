namespace PosTenancy.Engine.Reporting.ImportSections;

/// <summary>The warnings, each once.</summary>
internal static class ImportWarnings
{
    public static ReportSection Create(TenantImportRun run)
    {
        Line[] warnings = [.. run.Results.SelectMany(r => r.Warnings).Distinct(StringComparer.Ordinal).Select(w => (Line)w)];
        return ReportSection.From("Warnings", warnings.Length == 0 ? new Paragraph("None.") : new Bullets(warnings));
    }
}
