using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Reporting.Sections;

/// <summary>The rollback, ready to run.</summary>
internal static class RollbackInformation
{
    public static IEnumerable<ReportSection> Create(UpgradeResult result)
    {
        if (result.Backup is not { } backup)
        {
            yield return ReportSection.From("Rollback Information", new Paragraph(result.Status == UpgradeStatus.AlreadyMigrated
                ? "There is nothing to roll back: nothing was written, so no backup was made."
                : "Not reached: no backup was made, and nothing was written that would have to be rolled back."));
            yield break;
        }

        yield return ReportSection.From(
            "Rollback Information",
            new Paragraph(Need(result)),
            Bullets.From(
                Line.Fact("Backup", backup.BackupPath),
                Line.Fact("SHA-256", backup.Sha256),
                Line.Fact("Size", Figures.Bytes(backup.Length)),
                Line.Fact(
                    "Duration of a restore",
                    $"not measured; copying and hashing as many bytes for the backup took {Figures.Duration(backup.Duration)}")));
        foreach (ReportSection way in Ways(result.Path, backup))
        {
            yield return way;
        }
    }

    /// <summary>How to restore a backup, with the module and without.</summary>
    public static IEnumerable<ReportSection> Ways(string path, BackupResult backup)
    {
        yield return ReportSection.Part(
            "With the module",
            new Code(
                "powershell",
                [
                    $"Restore-PosDatabase -LiteralPath {PowerShellText.Quote(path)} -BackupPath {PowerShellText.Quote(backup.BackupPath)}",
                ]),
            new Paragraph("It verifies the backup, keeps the replaced file beside the database, and verifies what it wrote."));
        yield return ReportSection.Part("By hand", [.. ByHand(path, backup)]);
    }

    private static IEnumerable<Block> ByHand(string path, BackupResult backup)
    {
        yield return new Paragraph(
            "Stop the application on every station first. Then paste one of these blocks at its prompt. It compares the SHA-256 of the " +
            "backup, renames the database together with its -wal, -shm and -journal, and copies the backup. The copy gets the name of " +
            "the database only after its SHA-256 was verified. A block stops at the first error, overwrites no file, and can be pasted " +
            "again."
        );
        if (path.StartsWith("/", StringComparison.Ordinal))
        {
            yield return new Paragraph("In a shell (sh, bash, zsh):");
            yield return new Code("sh", HandRollback.Shell(path, backup.BackupPath, backup.Sha256));
        }

        yield return new Paragraph("In PowerShell:");
        yield return new Code("powershell", HandRollback.PowerShell(path, backup.BackupPath, backup.Sha256));
        if (HandRollback.IsForCommandPrompt(path) && HandRollback.IsForCommandPrompt(backup.BackupPath))
        {
            yield return new Paragraph("At the Windows command prompt:");
            yield return new Code("bat", HandRollback.CommandPrompt(path, backup.BackupPath, backup.Sha256));
        }
    }

    private static string Need(UpgradeResult result) =>
        result switch
        {
            { Status: UpgradeStatus.Succeeded } =>
                "Nothing that was measured calls for a rollback. If you want one later: data written after the upgrade is not in the " +
                "backup.",
            { Status: UpgradeStatus.Failed } => "Restore the backup now, before the application is started.",
            { Status: UpgradeStatus.Cancelled } =>
                "Not needed if the top of this report says that the database has the SHA-256 of this backup.",
            { Migration.Status: MigrationStatus.RolledBack } => "Not needed: the database has the bytes of this backup.",
            { Error.ErrorId: ErrorIds.DatabaseChanged } =>
                "Not needed and not recommended: the database was written to after this backup was made.",
            _ =>
                "Not needed: this upgrade had not begun to write to the database. Whether another program has written to it since was " +
                "not compared.",
        };
}
