namespace PosTenancy.Engine.Reporting.Sections;

/// <summary>The same plan on a copy and on the live file.</summary>
internal static class RehearsalComparison
{
    public static ReportSection Create(UpgradeResult result) =>
        ReportSection.From("Comparison: Rehearsal vs Production", [.. Blocks(result)]);

    private static IEnumerable<Block> Blocks(UpgradeResult result)
    {
        if (result.Rehearsal is not { } rehearsal || result.Migration is not { } production)
        {
            yield return new Paragraph(
                result switch
                {
                    { Status: UpgradeStatus.AlreadyMigrated } => "Nothing was rehearsed, and nothing was run on the live file.",
                    { RehearsalSkipped: true } => "The rehearsal was skipped on request, so there is nothing to compare with.",
                    { Rehearsal: { } only } =>
                        $"The rehearsal ended with the status {Labels.For(only.Status)} after {Figures.Duration(only.Duration)}. Nothing " +
                        "was run on the live file, so there is nothing to compare it with.",
                    _ => "Neither a rehearsal nor a migration was reached.",
                });
            yield break;
        }

        List<ComparedFigure> tables = [.. result.Comparison.Where(f => f.Metric.StartsWith("Table ", StringComparison.Ordinal))];
        int alike = tables.Count(t => t.Matches);
        yield return new Table(
            ["Metric", "Rehearsal", "Production", "Match"],
            [
                Table.Row("Duration", Figures.Duration(rehearsal.Duration), Figures.Duration(production.Duration), "not compared"),
                .. result
                    .Comparison.Except(tables.Where(t => t.Matches))
                    .Select(f => Table.Row(f.Metric, f.Rehearsal, f.Production, Labels.YesNo(f.Matches))),
            ]);
        yield return new Paragraph(
            $"Rows before and after and the tenant index are the same in {Figures.Count(alike)} of " +
            $"{Figures.Count(tables.Count, "table", "tables")}. A run that differs from its rehearsal in anything but time is refused " +
            "before it begins, or rolled back.");
    }
}
