namespace PosTenancy.Engine.Reporting.Sections;

/// <summary>The live file as the upgrade left it.</summary>
internal static class PostMigrationState
{
    public static ReportSection Create(UpgradeResult result)
    {
        if (result.Migration is not { } m)
        {
            return ReportSection.From("Post-Migration State", new Paragraph(result switch
            {
                { Status: UpgradeStatus.Failed } => "Not reached: the state of the file could not be measured. Assume that it is damaged.",
                _ when result.EndedInMigration() =>
                    "Not reached: the migration was cancelled and undone. The top of this report states the current state of the file.",
                _ => "Not reached: the migration of the live file was not started, so the file is unchanged.",
            }));
        }

        List<Line> facts =
        [
            Line.Fact("Tables updated", OfPlanned(m.TablesUpdated, result.Plan?.Changes.Count())),
            Line.Fact("Indexes created", OfPlanned(m.IndexesCreated, result.PlannedIndexes())),
            Line.Fact("Tables that belong to tenants", Figures.Count(m.TablesTotal)),
            Line.Fact("Tables left alone", Figures.Count(m.TablesSkipped)),
            Line.Fact(
                "Data loss",
                $"{Figures.Count(m.RowsBefore - m.RowsAfter, "row", "rows")} ({Figures.Count(m.RowsBefore)} before, " +
                $"{Figures.Count(m.RowsAfter)} after)"
            ),
            Line.Fact("NULL values", m.NullTenantIds is { } nulls ? Figures.Count(nulls) : "not measured: a table has no tenant column"),
        ];
        return m.Status == MigrationStatus.RolledBack
            ? ReportSection.From("Post-Migration State", new Paragraph("Measured after the migration was rolled back:"), new Bullets(facts))
            : ReportSection.From("Post-Migration State", [new Bullets(facts), .. Charts.Rows(m.Distribution)]);
    }

    private static string OfPlanned(int done, int? planned) =>
        planned is { } n ? $"{Figures.Count(done)} of {Figures.Count(n)} planned" : Figures.Count(done);
}
