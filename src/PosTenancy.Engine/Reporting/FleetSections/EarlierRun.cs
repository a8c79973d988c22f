namespace PosTenancy.Engine.Reporting.FleetSections;

/// <summary>What this run found done.</summary>
internal static class EarlierRun
{
    public static ReportSection Create(FleetRun run) => ReportSection.From("Done by an Earlier Run", new Paragraph(run.DoneBefore() switch
    {
        0 => "None of the stores.",
        int count =>
            $"{Figures.Count(count, "store was", "stores were")} done by an earlier run of this rollout, and this run did not touch " +
            $"{(count == 1 ? "it" : "them")}. Every Store marks {(count == 1 ? "it" : "them")}.",
    }));
}
