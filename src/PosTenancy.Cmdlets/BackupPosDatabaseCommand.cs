using System.Management.Automation;
using PosTenancy.Engine;
using PosTenancy.Engine.Backup;

namespace PosTenancy.Commands;

/// <summary>Copies a database byte for byte under a lock, hashes both, and writes a manifest.</summary>
[Cmdlet(VerbsData.Backup, "PosDatabase", DefaultParameterSetName = "Path")]
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
    protected override bool ReadsOnly => false;

    /// <inheritdoc/>
    protected override void ProcessDatabase(string path)
    {
        string? destination = ResolveLocation(Destination);
        WriteObject(Watch(path, CommandParts.Backup, progress =>
            DatabaseBackup.Create(path, destination, LockTimeout, progress, Cancellation)));
    }
}
