using System.Globalization;
using System.Management.Automation;
using PosTenancy.Engine.Progress;
using PosTenancy.Engine.Recovery;

namespace PosTenancy.Commands;

/// <summary>Removes old backups, and never the newest good one.</summary>
[Cmdlet(
    VerbsCommon.Remove,
    "PosDatabaseBackup",
    DefaultParameterSetName = "Path",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.High
)]
[OutputType(typeof(void))]
public sealed class RemovePosDatabaseBackupCommand : DatabaseCommand
{
    /// <summary>The folder of the backups; that of the database if none is named.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? Destination { get; set; }

    /// <summary>How many of the newest backups stay.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int KeepLast { get; set; }

    /// <summary>How old a backup must be to be removed.</summary>
    [Parameter]
    public TimeSpan OlderThan { get; set; }

    /// <inheritdoc/>
    protected override bool ReadsOnly => IsWhatIf;

    private int? Number => KeepLast > 0 ? KeepLast : null;

    private TimeSpan? Limit => OlderThan > TimeSpan.Zero ? OlderThan : null;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        try
        {
            BackupRemoval.RequireRule(Number, Limit);
        }
        catch (PosTenancyException exception)
        {
            ThrowTerminatingError(ErrorRecords.From(exception, target: null));
        }
    }

    /// <inheritdoc/>
    protected override void ProcessDatabase(string path)
    {
        string? destination = ResolveLocation(Destination);
        IReadOnlyList<BackupInfo> unneeded = Watch(path, CommandParts.BackupTest, progress =>
            BackupRemoval.Find(
                path,
                destination,
                Number,
                Limit,
                record: !IsWhatIf && !Asks,
                progress,
                Cancellation));
        foreach (BackupInfo backup in unneeded)
        {
            string bytes = backup.Length.ToString("N0", CultureInfo.InvariantCulture);
            if (ShouldProcess(backup.BackupPath, $"Remove this backup of '{path}' ({bytes} bytes, {backup.Age.TotalDays:0} days old)"))
            {
                BackupRemoval.Remove(backup);
            }
        }
    }
}
