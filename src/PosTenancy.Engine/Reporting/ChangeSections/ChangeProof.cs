using PosTenancy.Engine.Reporting.ImportSections;

namespace PosTenancy.Engine.Reporting.ChangeSections;

/// <summary>How the committed file was proved.</summary>
internal static class ChangeProof
{
    public static ReportSection Create(TenantChangeResult result) => ReportSection.From(
        "Proof",
        new Paragraph(ImportProof.How(result.ProvedBy, result.Rehearsal)),
        Bullets.From(
            Line.Fact("Rehearsal on a copy", result.Rehearsal is { } rehearsal
                ? $"{Figures.Duration(rehearsal.Duration)}; {rehearsal.Checks.Tally()}"
                : "skipped, or not reached")),
        ImportProof.Table(result.Checks, "No check ran, so this report proves nothing."));
}
