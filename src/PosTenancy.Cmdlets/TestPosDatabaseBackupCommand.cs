using System.Management.Automation;
using PosTenancy.Engine.Progress;
using PosTenancy.Engine.Recovery;

namespace PosTenancy.Commands;

/// <summary>Restores backups into a private folder, to see whether they can be restored. One result each.</summary>
[Cmdlet(VerbsDiagnostic.Test, "PosDatabaseBackup", DefaultParameterSetName = "Path")]
[OutputType(typeof(BackupTestResult))]
public sealed class TestPosDatabaseBackupCommand : DatabaseCommand
{
    /// <summary>The folder of the backups; that of the database if none is named.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? Destination { get; set; }

    /// <summary>The one backup to test; all of the database if none is named.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(BackupPathCompleter))]
    public string? BackupPath { get; set; }

    /// <inheritdoc/>
    protected override void ProcessDatabase(string path)
    {
        IEnumerable<string> backups = BackupPath is null
            ? BackupList.Read(path, ResolveLocation(Destination)).Select(b => b.BackupPath)
            : [ResolveLocation(BackupPath)!];
        foreach (string backup in backups)
        {
            BackupTestResult result = Watch(path, CommandParts.BackupTest, progress =>
                BackupTest.Run(path, backup, record: true, progress, Cancellation));
            WriteObject(result);
            if (result.Error is { } error)
            {
                WriteError(ErrorRecords.From(error, result.BackupPath));
            }
        }
    }
}
