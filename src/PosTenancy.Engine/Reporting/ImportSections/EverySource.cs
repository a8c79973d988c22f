namespace PosTenancy.Engine.Reporting.ImportSections;

/// <summary>The tables and the checks of each source.</summary>
internal static class EverySource
{
    public static IEnumerable<ReportSection> Create(TenantImportRun run)
    {
        yield return ReportSection.From(
            "Every Source",
            new Paragraph(
                "For each source: its rows, table by table, how keys that the database already had were changed, and what was proved of " +
                "it."));
        foreach (TenantImportResult result in run.Results)
        {
            yield return ReportSection.Part(
                Line.From(new Mark(result.Outcome()), $" {result.TenantId}: {Labels.For(result.Status)}"), [.. Blocks(result)]);
        }
    }

    private static IEnumerable<Block> Blocks(TenantImportResult result)
    {
        yield return Bullets.From(
            Line.Fact("Source", result.SourcePath),
            Line.Fact("Key map", result.KeyMapPath is { } map
                ? map + (result.KeyMapLength > 0 ? $", {Figures.Bytes(result.KeyMapLength)}" : "")
                : "none written"));
        if (result.Tables.Count > 0)
        {
            if (!result.IsDone)
            {
                yield return new Paragraph("These rows were planned, and are not in the database:");
            }

            yield return new Table(
                ["Table", new Column("Rows", IsNumber: true), new Column("Keys mapped", IsNumber: true), "Rule"],
                [
                    .. result.Tables.Select(t => Table.Row(
                        t.Table, Figures.Count(t.Rows), Figures.Count(t.KeysMapped), t.Rule.Length == 0 ? "unchanged" : t.Rule)),
                ]);
        }

        yield return ImportProof.Table(result.SourceChecks(), "No check of this source ran.");
    }
}
