namespace PosTenancy.Engine.Reporting.StatementSections;

/// <summary>What this report does not prove.</summary>
internal static class StatementLimits
{
    public static ReportSection Create(StatementRun run) => ReportSection.From("What Was Not Proved", new Bullets([.. Items(run)]));

    private static IEnumerable<Line> Items(StatementRun run)
    {
        foreach (string skipped in run.Skipped)
        {
            yield return skipped;
        }

        yield return "That the application binds the tenant of the request: a statement shows where a value goes, not which value it is.";
        yield return "Statements that the application makes without a literal in its source, such as those of an object-relational mapper.";
        yield return "What the application does with rows after it has read them, such as a cache that several tenants share.";
    }
}
