using System.Management.Automation;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Progress;

namespace PosTenancy.Commands;

/// <summary>Migrates a database in one transaction, with the checks before COMMIT and again on the committed file.</summary>
[Cmdlet(
    VerbsLifecycle.Invoke,
    "PosTenantMigration",
    DefaultParameterSetName = "Path",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.High
)]
[OutputType(typeof(MigrationResult))]
public sealed class InvokePosTenantMigrationCommand : ScriptedMigrationCommand
{
    /// <summary>The tenant that every existing row is given.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(TenantIdCompleter))]
    public string? TenantId { get; set; }

    /// <summary>A backup of the database as it is now; one is made beside the database if none is named.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(BackupPathCompleter))]
    public string? BackupPath { get; set; }

    /// <summary>How long to wait for others to close the database, in seconds or as a time span.</summary>
    [Parameter]
    [Seconds]
    public TimeSpan? LockTimeout { get; set; }

    /// <inheritdoc/>
    protected override bool ReadsOnly => IsWhatIf;

    /// <inheritdoc/>
    protected override void ProcessDatabase(string path)
    {
        MigrationOptions options = ScriptedOptions(TenantId);
        string? backupPath = ResolveLocation(BackupPath);
        MigrationQuestion question = AskAbout(path, options, progress =>
            TenantMigration.Preview(path, options, backupPath, LockTimeout, progress, Cancellation));
        if (question.IsNeeded && !ShouldProcess(path, question.Action))
        {
            return;
        }

        MigrationResult result = Watch(path, CommandParts.Migration(makesBackup: backupPath is null), progress =>
            TenantMigration.Migrate(path, options, backupPath, LockTimeout, progress, onlyVerify: !question.IsNeeded, Cancellation));
        ShowOutput(result);
        WriteResult(result, $"'{path}': {result.Status}.");
        if (result.Error is { } error)
        {
            WriteError(ErrorRecords.From(error, path));
        }
    }
}
