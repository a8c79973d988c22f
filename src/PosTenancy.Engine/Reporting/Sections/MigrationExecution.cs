namespace PosTenancy.Engine.Reporting.Sections;

/// <summary>When the transaction ran, and the statements that it was planned with.</summary>
internal static class MigrationExecution
{
    public static IEnumerable<ReportSection> Of(UpgradeResult result)
    {
        yield return ReportSection.Of("Migration Execution", Times(result));
        if (result.Plan?.Options.Script is { } script)
        {
            foreach (ReportSection part in ScriptExecution.Of(result, script))
            {
                yield return part;
            }

            yield break;
        }

        yield return ReportSection.Part("Planned statements", Statements(result.Plan));
    }

    private static Bullets Times(UpgradeResult result) => result.Migration is { } migration
        ? Bullets.Of(
            Line.Fact("Start", Figures.Moment(migration.StartedAt)),
            Line.Fact("End", Figures.Moment(migration.StartedAt + migration.Duration)),
            Line.Fact("Duration", Figures.Duration(migration.Duration) + ", the checks before COMMIT included"),
            Line.Fact("Status", Words.Of(migration.Status)))
        : Bullets.Of(
            Line.Fact("Start", Words.NotReached),
            Line.Fact("End", Words.NotReached),
            Line.Fact("Duration", Words.NotReached),
            Line.Fact("Status", result.Status == UpgradeStatus.Failed ? "begun; no figures of it were kept" : Words.NotReached));

    private static Block Statements(MigrationPlan? plan)
    {
        List<string>? sql = plan?.Statements.Select(s => s.Sql).ToList();
        return sql switch
        {
            null => new Paragraph("Not reached: there is no plan."),
            { Count: 0 } => new Paragraph("None: nothing had to be changed."),
            _ => new Code("sql", ["BEGIN IMMEDIATE;", .. sql.Select(s => s + ";"), "-- the checks run here; one that fails is a ROLLBACK", "COMMIT;"]),
        };
    }
}
