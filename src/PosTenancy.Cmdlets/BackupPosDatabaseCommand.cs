using System.Globalization;
using System.Management.Automation;
using PosTenancy.Engine.Progress;
using PosTenancy.Engine.Recovery;

namespace PosTenancy.Commands;

/// <summary>Copies a database byte for byte under a lock, hashes both, and writes a manifest.</summary>
[Cmdlet(VerbsData.Backup, "PosDatabase", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
[OutputType(typeof(BackupResult))]
public sealed class BackupPosDatabaseCommand : DatabaseCommand
{
    /// <summary>An existing folder for the backup; that of the database if none is named.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? Destination { get; set; }

    /// <summary>How long to wait for others to close the database, in seconds or as a time span.</summary>
    [Parameter]
    [Seconds]
    public TimeSpan? LockTimeout { get; set; }

    /// <inheritdoc/>
    protected override bool ReadsOnly => IsWhatIf;

    /// <inheritdoc/>
    protected override void ProcessDatabase(string path)
    {
        string? destination = ResolveLocation(Destination);
        string action = "Back up and verify the backup";
        if (IsWhatIf)
        {
            (string folder, long length) = Watch(path, CommandParts.Plan, progress =>
                DatabaseBackup.Preview(path, destination, LockTimeout, progress, Cancellation));
            string bytes = length.ToString("N0", CultureInfo.InvariantCulture);
            action = $"Back up {bytes} bytes to the folder '{folder}' under a lock, and verify the backup";
        }

        if (ShouldProcess(path, action))
        {
            BackupResult result = Watch(path, CommandParts.Backup, progress =>
                DatabaseBackup.Create(path, destination, LockTimeout, progress, Cancellation));
            WriteResult(result, $"The backup of '{path}' is '{result.BackupPath}'.");
        }
    }
}
