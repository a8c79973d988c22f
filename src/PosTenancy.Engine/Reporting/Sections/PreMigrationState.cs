namespace PosTenancy.Engine.Reporting.Sections;

/// <summary>The original file and its backup.</summary>
internal static class PreMigrationState
{
    public static ReportSection Create(UpgradeResult result) => ReportSection.From(
        "Pre-Migration State",
        [new Bullets([.. File(result.Before), .. Backup(result)])]);

    private static IEnumerable<Line> File(FileState? before)
    {
        yield return Line.Fact("Size", before is null ? Labels.NotReached : Figures.Bytes(before.Length));
        yield return Line.Fact("Page size", before is null ? Labels.NotReached : Figures.Bytes(before.PageSize));
        yield return Line.Fact(
            "Journal mode",
            before switch
            {
                null => Labels.NotReached,
                { IsWal: true } => "write-ahead log",
                _ => "rollback journal",
            });
        yield return Line.Fact(
            "Open elsewhere",
            before switch
            {
                null => Labels.NotReached,
                { OpenElsewhereNotChecked: { } why } => $"none found, but not fully checked: {why}",
                _ => "none found; every process was inspected",
            });
        yield return Line.Fact(
            "Lock",
            before is null ? Labels.NotReached : "exclusive while the file was inspected and backed up: no other connection could write");
        yield return Line.Fact(
            "Free on its disk",
            before switch
            {
                null => Labels.NotReached,
                { AvailableBytes: { } free } => Figures.Bytes(free),
                _ => "not reported by the system",
            });
    }

    private static IEnumerable<Line> Backup(UpgradeResult result)
    {
        if (result.Backup is not { } backup)
        {
            string none = result.Status == UpgradeStatus.AlreadyMigrated ? "none made: nothing had to be written" : Labels.NotReached;
            yield return Line.Fact("Backup", none);
            yield return Line.Fact("Backup verified", none);
            yield break;
        }

        yield return Line.Fact("Backup", backup.BackupPath);
        yield return Line.Fact("Manifest", backup.ManifestPath);
        yield return Line.Fact("Backup verified", backup.Verified
            ? "yes: the SHA-256 of the database under its lock and that of the backup read back were both computed, and are equal"
            : "no");
        yield return Line.Fact("SHA-256", backup.Sha256);
        yield return Line.Fact("Backup size", Figures.Bytes(backup.Length));
        yield return Line.Fact(
            "Counted in the backup",
            $"{Figures.Count(backup.Rows, "row", "rows")} in all {Figures.Count(backup.Tables, "table", "tables")}, including those that " +
            "belong to no tenant"
        );
        yield return Line.Fact("Backup started", Figures.Moment(backup.CreatedAt));
        yield return Line.Fact("Backup duration", Figures.Duration(backup.Duration));
    }
}
