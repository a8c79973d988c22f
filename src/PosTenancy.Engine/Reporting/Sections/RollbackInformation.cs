namespace PosTenancy.Engine.Reporting.Sections;

/// <summary>The way back, ready to run.</summary>
internal static class RollbackInformation
{
    public static IEnumerable<ReportSection> Of(UpgradeResult result)
    {
        if (result.Backup is not { } backup)
        {
            yield return ReportSection.Of("Rollback Information", new Paragraph(result.Status == UpgradeStatus.AlreadyMigrated
                ? "There is nothing to go back to: nothing was written, and so no backup was made."
                : "Not reached: no backup was made, and nothing was written that would have to be taken back."));
            yield break;
        }

        yield return ReportSection.Of(
            "Rollback Information",
            new Paragraph(Need(result)),
            Bullets.Of(
                Line.Fact("Backup", backup.BackupPath),
                Line.Fact("SHA-256", backup.Sha256),
                Line.Fact("Size", Figures.Bytes(backup.Length)),
                Line.Fact("Time that it takes", $"not measured; copying and hashing as many bytes for the backup took {Figures.Duration(backup.Duration)}")));
        yield return ReportSection.Part(
            "With the module",
            new Code("powershell", [$"Restore-PosDatabase -LiteralPath {PowerShellText.Quote(result.Path)} -BackupPath {PowerShellText.Quote(backup.BackupPath)}"]),
            new Paragraph("It verifies the backup, keeps the replaced file beside the database, and verifies what it wrote."));
        yield return ReportSection.Part(
            "By hand",
            new Bullets(
                [
                    "Stop the application on every station, so that nobody has the database open.",
                    "Compute the SHA-256 of the backup. If it is not the one above, stop: this is not the backup that was verified.",
                    "Move the database away, together with its -wal, -shm and -journal files. One of these left beside the backup would be replayed into it and damage it.",
                    "Copy the backup to the path of the database. Keep the backup.",
                    "Compute the SHA-256 of the copy; it must be the same again. Then start the application.",
                ],
                IsNumbered: true),
            new Code("powershell", ByHand(result.Path, backup)));
    }

    private static string Need(UpgradeResult result) => result switch
    {
        { Status: UpgradeStatus.Succeeded } => "Nothing that was measured asks for a rollback. If one is wanted later: what the store wrote after the upgrade is not in the backup.",
        { Status: UpgradeStatus.Failed } => "The backup must be put back now, before the application is started.",
        { Status: UpgradeStatus.Cancelled } => "Not needed if the top of this report says that the database has the SHA-256 of this backup.",
        { Migration.Status: MigrationStatus.RolledBack } => "Not needed: the database has the bytes of this backup.",
        { Error.ErrorId: ErrorIds.DatabaseChanged } => "Not needed, and not wanted: the database was written to after this backup was made.",
        _ => "Not needed: this upgrade did not begin to write to the database. Whether anybody else has written to it since was not compared.",
    };

    private static string[] ByHand(string path, BackupResult backup) =>
    [
        $"$database = {PowerShellText.Quote(path)}",
        $"$backup = {PowerShellText.Quote(backup.BackupPath)}",
        $"$sha256 = {PowerShellText.Quote(backup.Sha256)}",
        "(Get-FileHash -Algorithm SHA256 -LiteralPath $backup).Hash -eq $sha256      # must be True",
        "foreach ($end in '', '-wal', '-shm', '-journal') {",
        "    if (Test-Path -LiteralPath ($database + $end)) { Move-Item -LiteralPath ($database + $end) -Destination ($database + '.before-restore' + $end) }",
        "}",
        "Copy-Item -LiteralPath $backup -Destination $database",
        "(Get-FileHash -Algorithm SHA256 -LiteralPath $database).Hash -eq $sha256    # must be True",
    ];
}
