namespace PosTenancy.Engine.Reporting.Sections;

/// <summary>When the transaction ran, and its planned statements.</summary>
internal static class MigrationExecution
{
    public static IEnumerable<ReportSection> Create(UpgradeResult result)
    {
        yield return ReportSection.From("Migration Execution", Times(result));
        if (result.Plan?.Options.Script is { } script)
        {
            foreach (ReportSection part in ScriptExecution.Create(result, script))
            {
                yield return part;
            }

            yield break;
        }

        yield return ReportSection.Part("Planned statements", Statements(result.Plan));
    }

    private static Line History(UpgradeResult result) => Line.Fact("Recorded", (result.Migration?.Status, result.Plan?.History) switch
    {
        (MigrationStatus.Migrated, { } history) => $"as one row in {history.Table}, in the same transaction",
        (MigrationStatus.RolledBack, _) => "no: the row was rolled back with the rest",
        (MigrationStatus.AlreadyMigrated, _) => "no: there was nothing to record",
        _ => Labels.NotReached,
    });

    private static Bullets Times(UpgradeResult result) => result.Migration is { } migration
        ? Bullets.From(
            Line.Fact("Start", Figures.Moment(migration.StartedAt)),
            Line.Fact("End", Figures.Moment(migration.StartedAt + migration.Duration)),
            Line.Fact("Duration", Figures.Duration(migration.Duration) + ", including the checks before COMMIT"),
            Line.Fact("Status", Labels.For(migration.Status)),
            History(result))
        : Bullets.From(
            Line.Fact("Start", Labels.NotReached),
            Line.Fact("End", Labels.NotReached),
            Line.Fact("Duration", Labels.NotReached),
            Line.Fact("Status", result.EndedInMigration() ? "started; none of its figures were kept" : Labels.NotReached),
            History(result));

    private static Block Statements(MigrationPlan? plan)
    {
        List<string>? sql = plan?.Statements.Select(s => s.Sql).ToList();
        return sql switch
        {
            null => new Paragraph("Not reached: there is no plan."),
            { Count: 0 } => new Paragraph("None: nothing had to be changed."),
            _ => new Code(
                "sql",
                [
                    "BEGIN IMMEDIATE;",
                    .. sql.Select(s => s + ";"),
                    .. Recorded(plan!.History),
                    "-- the checks run here; a failed check causes a ROLLBACK",
                    "COMMIT;",
                ]),
        };
    }

    /// <summary>A line feed in the name does not end the comment: the renderer makes it visible.</summary>
    private static IEnumerable<string> Recorded(HistoryPlan history) => history.Problem is null
        ? [$"-- one row is written to {history.Table} here"]
        : [];
}
