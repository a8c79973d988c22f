namespace PosTenancy.Engine.Reporting.Sections;

/// <summary>The whole run in a few sentences of figures.</summary>
internal static class ExecutiveSummary
{
    public static ReportSection Create(UpgradeResult result) =>
        ReportSection.From("Executive Summary", [.. Paragraphs(result).Select(line => new Paragraph(line))]);

    private static IEnumerable<Line> Paragraphs(UpgradeResult result)
    {
        yield return Sentence(result);
        if (result is { TargetRequested: true, MeetsTarget: false })
        {
            yield return Line.From(
                new Mark(CheckStatus.Warning),
                $" That is slower than the target of {Figures.Duration(result.Target)}. The result is valid; only the time target was " +
                "missed."
            );
        }

        yield return Checks(result);
    }

    private static Line Sentence(UpgradeResult result) =>
        result switch
        {
            { Migration: { Status: MigrationStatus.Migrated } m } =>
                $"The migration took {Figures.Duration(m.Duration)}. It changed {Figures.Count(m.TablesUpdated)} of the " +
                    $"{Figures.Count(m.TablesTotal, "table", "tables")} that belong to tenants and created " +
                    $"{Figures.Count(m.IndexesCreated, "index", "indexes")}. These tables had " +
                    $"{Figures.Count(m.RowsBefore, "row", "rows")} before and {Figures.Count(m.RowsAfter)} after.",
            { Migration: { Status: MigrationStatus.AlreadyMigrated } m } =>
                $"All {Figures.Count(m.TablesTotal, "table", "tables")} that belong to tenants had the column {m.ColumnName} and an " +
                $"index that begins with it. They have {Figures.Count(m.RowsAfter, "row", "rows")}. Nothing had to be changed, so no " +
                "backup was made and nothing was rehearsed.",
            { Migration: { } m } =>
                $"The migration was started, and rolled back after {Figures.Duration(m.Duration)}. The database has the bytes of its " +
                "backup.",
            { Status: UpgradeStatus.Failed } => "The migration was started and could not be rolled back. None of its figures were kept.",
            _ when result.EndedInMigration() => "The migration was started and cancelled. None of its figures were kept.",
            { Rehearsal: { Error: not null } r } =>
                $"The rehearsal on a copy failed after {Figures.Duration(r.Duration)}, so the migration of the live file was not started.",
            { Status: UpgradeStatus.Rehearsed, Rehearsal: { } r } =>
                $"On a copy the migration took {Figures.Duration(r.Duration)}, and the application would have stayed away for " +
                    $"{Figures.Duration(result.Downtime ?? r.Duration)}. It changed {Figures.Count(r.TablesUpdated)} of the " +
                    $"{Figures.Count(r.TablesTotal, "table", "tables")} that belong to tenants. The upgrade needs " +
                    $"{Figures.Bytes(result.RequiredBytes ?? 0)} of free space. The database itself was only read.",
            { Rehearsal: not null } =>
                "The rehearsal on a copy succeeded, but the migration of the live file was refused before its first statement.",
            { Backup: not null } => "A backup was made. The migration of the live file was not started.",
            _ => "The upgrade ended before the backup. Neither a rehearsal nor a migration was started.",
        };

    private static Line Checks(UpgradeResult result) => result.Checks.Count == 0
        ? "No check ran, so this report proves nothing about the data."
        : $"{Figures.Count(result.Checks.Count, "check", "checks")} ran {result.WhereChecked()}: {result.Checks.Tally()}.";
}
