using System.Management.Automation;
using PosTenancy.Engine.Progress;
using PosTenancy.Engine.Recovery;

namespace PosTenancy.Commands;

/// <summary>Replaces a database with a verified backup in one step, and keeps the replaced file.</summary>
[Cmdlet(
    VerbsData.Restore,
    "PosDatabase",
    DefaultParameterSetName = "Path",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.High
)]
[OutputType(typeof(RestoreResult))]
public sealed class RestorePosDatabaseCommand : DatabaseCommand
{
    /// <summary>A backup made by Backup-PosDatabase, with its manifest beside it.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(BackupPathCompleter))]
    public string BackupPath { get; set; } = "";

    /// <summary>How long to wait for others to close the database, in seconds or as a time span.</summary>
    [Parameter]
    [Seconds]
    public TimeSpan? LockTimeout { get; set; }

    /// <inheritdoc/>
    protected override bool ReadsOnly => IsWhatIf;

    /// <inheritdoc/>
    protected override void ProcessDatabase(string path)
    {
        string backupPath = ResolveLocation(BackupPath)!;
        string action = IsWhatIf || Asks
            ? RestoreDescription.Describe(Watch(path, CommandParts.Plan, Preview), DateTimeOffset.Now)
            : "Replace it with a backup";
        if (ShouldProcess(path, action))
        {
            RestoreResult result = Watch(path, CommandParts.Restore, progress =>
                DatabaseRestore.Restore(path, backupPath, LockTimeout, progress, Cancellation));
            WriteResult(result, $"'{path}' was restored from '{result.BackupPath}'.");
        }

        RestorePreview Preview(IProgress<StageProgress> progress) =>
            DatabaseRestore.Preview(path, backupPath, LockTimeout, progress, Cancellation);
    }
}
