using System.Management.Automation;
using PosTenancy.Engine.Recovery;

namespace PosTenancy.Commands;

/// <summary>Lists the backups of a database, the newest first, and reads none of them.</summary>
[Cmdlet(VerbsCommon.Get, "PosDatabaseBackup", DefaultParameterSetName = "Path")]
[OutputType(typeof(BackupInfo))]
public sealed class GetPosDatabaseBackupCommand : DatabaseCommand
{
    /// <summary>The folder of the backups; that of the database if none is named.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? Destination { get; set; }

    /// <inheritdoc/>
    protected override void ProcessDatabase(string path) =>
        WriteObject(BackupList.Read(path, ResolveLocation(Destination)), enumerateCollection: true);
}
