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
                ? "There is nothing to go back to: nothing was written, and so no backup was made."
                : "Not reached: no backup was made, and nothing was written that would have to be taken back."));
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
                    "Time that it takes",
                    $"not measured; copying and hashing as many bytes for the backup took {Figures.Duration(backup.Duration)}")));
        yield return ReportSection.Part(
            "With the module",
            new Code(
                "powershell",
                [
                    $"Restore-PosDatabase -LiteralPath {PowerShellText.Quote(result.Path)} -BackupPath " +
                    $"{PowerShellText.Quote(backup.BackupPath)}",
                ]),
            new Paragraph("It verifies the backup, keeps the replaced file beside the database, and verifies what it wrote."));
        yield return ReportSection.Part("By hand", [.. ByHand(result.Path, backup)]);
    }

    private static IEnumerable<Block> ByHand(string path, BackupResult backup)
    {
        yield return new Paragraph(
            "Stop the application on every station first. Then paste one of these blocks at its prompt. It compares the SHA-256 of the " +
            "backup, moves the database away under a new name, with its -wal, -shm and -journal, and copies the backup. The copy gets " +
            "the name of the database only when its SHA-256 was compared. A block stops at the first error and overwrites no file. It " +
            "can be pasted again."
        );
        if (path.StartsWith("/", StringComparison.Ordinal))
        {
            yield return new Paragraph("At the prompt of a shell (sh, bash, zsh):");
            yield return new Code("sh", HandRollback.Shell(path, backup.BackupPath, backup.Sha256));
        }

        yield return new Paragraph("At the prompt of PowerShell:");
        yield return new Code("powershell", HandRollback.PowerShell(path, backup.BackupPath, backup.Sha256));
        if (HandRollback.IsForCommandPrompt(path) && HandRollback.IsForCommandPrompt(backup.BackupPath))
        {
            yield return new Paragraph("At the command prompt of Windows:");
            yield return new Code("bat", HandRollback.CommandPrompt(path, backup.BackupPath, backup.Sha256));
        }
    }

    private static string Need(UpgradeResult result) =>
        result switch
        {
            { Status: UpgradeStatus.Succeeded } =>
                "Nothing that was measured asks for a rollback. If one is wanted later: what the store wrote after the upgrade is not in " +
                "the backup.",
            { Status: UpgradeStatus.Failed } => "The backup must be put back now, before the application is started.",
            { Status: UpgradeStatus.Cancelled } =>
                "Not needed if the top of this report says that the database has the SHA-256 of this backup.",
            { Migration.Status: MigrationStatus.RolledBack } => "Not needed: the database has the bytes of this backup.",
            { Error.ErrorId: ErrorIds.DatabaseChanged } =>
                "Not needed, and not wanted: the database was written to after this backup was made.",
            _ =>
                "Not needed: this upgrade did not begin to write to the database. Whether anybody else has written to it since was not " +
                "compared.",
        };
}
