using PosTenancy.Engine.Files;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Journal;

/// <summary>The state that a cancelled command leaves, read from the files after its work was undone.</summary>
/// <param name="Text">What happened, what the database is now, and which files stay.</param>
/// <param name="IsBackup">Whether the database was found to be, byte for byte, the backup of the run: the next command resumes with
/// it.</param>
/// <param name="IsOpen">Whether the next upgrade has to find out what the database is.</param>
internal sealed record CancellationOutcome(string Text, bool IsBackup, bool IsOpen)
{
    /// <summary>Inspects the database.</summary>
    /// <param name="live">Full path of the database.</param>
    /// <param name="command">What was cancelled.</param>
    /// <param name="run">The run, with the stage that it reached; <see langword="null"/> if it had not begun to write anything.</param>
    /// <param name="progress">Receives progress reports.</param>
    public static CancellationOutcome Inspect(string live, string command, RunRecord? run, IProgress<StageProgress>? progress)
    {
        string what = $"The {command} of '{live}' was cancelled";
        if (run is null || !run.Writes || run is not { BackupPath: { } backup, Sha256: { } sha256 } || !File.Exists(backup))
        {
            string state = command == "restore" ? "The database was not replaced" : "The database was only read";
            return new CancellationOutcome($"{what}. {state}, and no file was left behind.", IsBackup: false, IsOpen: false);
        }

        bool isRestored = run.KeptPath is { } replaced && File.Exists(replaced);
        Stage stage = run.Stage == Stage.Restore ? Stage.Verification : run.Stage;
        string kept = isRestored ? $" The migrated file is kept as '{run.KeptPath}'." : "";
        what += isRestored ? " after its COMMIT, and the backup was restored." : $" in the stage {stage}.";
        try
        {
            DatabaseFile file = DatabaseFile.Inspect(live);
            string now = FileDigest.Compute(
                live,
                file.Header.PageSize,
                done => progress?.Report(new StageProgress(stage, "Comparing the database with its backup", live, done, file.Length)),
                CancellationToken.None);
            if (now == sha256 && !FilePath.HasContent(file.WalPath))
            {
                return new CancellationOutcome(
                    $"{what} The database is in its original state: its SHA-256 equals that of its backup '{backup}', which is kept for " +
                    $"the next {command}.{kept}",
                    IsBackup: true,
                    IsOpen: false);
            }

            what += " The database no longer equals its backup: another program has written to it.";
        }
        catch (Exception exception) when (exception is PosTenancyException or IOException or UnauthorizedAccessException)
        {
            what += $" Whether the database still equals its backup could not be determined: {exception.Message}";
        }

        return new CancellationOutcome($"{what} Its backup is '{backup}'.{kept}", IsBackup: false, IsOpen: run.MayHaveCommitted);
    }
}
