using System.Management.Automation;
using PosTenancy.Engine.Tenants;

namespace PosTenancy.Commands;

/// <summary>Restores one tenant from a backup of its database or from its export, and leaves all others as they are.</summary>
[Cmdlet(
    VerbsData.Restore,
    "PosTenant",
    DefaultParameterSetName = "Path",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.High
)]
[OutputType(typeof(TenantRestoreResult))]
public sealed class RestorePosTenantCommand : TenantChangeCommand<TenantRestoreResult>
{
    /// <summary>The tenant.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(TenantIdCompleter))]
    public string TenantId { get; set; } = "";

    /// <summary>A backup of the database, or an export of the tenant, with its manifest beside it.</summary>
    [Parameter(Mandatory = true, Position = 2, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [Alias("ExportPath", "SourcePath")]
    [ArgumentCompleter(typeof(BackupPathCompleter))]
    public string BackupPath { get; set; } = "";

    /// <summary>The name that the tenant had when the backup was made.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(BackupTenantIdCompleter))]
    public string? SourceTenantId { get; set; }

    /// <summary>What to do with rows that no longer fit beside what others did since.</summary>
    [Parameter]
    public RestoreConflictAction OnConflict { get; set; }

    /// <summary>What the schema does not tell of keys that get new values: a hashtable, or the path of a JSON file.</summary>
    [Parameter]
    [AllowNull]
    public object? KeyMap { get; set; }

    /// <summary>The key map of the tenant's import, if it is no longer beside the database.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? KeyMapPath { get; set; }

    /// <inheritdoc/>
    protected override string Doing => "restoring a tenant of";

    /// <inheritdoc/>
    protected override string Parameter(string errorId) => errorId == ErrorIds.KeyMapInvalid ? nameof(KeyMap) : nameof(TenantId);

    /// <inheritdoc/>
    protected override GuardedTenantChange<TenantRestoreResult> Prepare(string path) => new TenantRestore(
        path,
        new TenantRestoreOptions(TenantId, ResolveLocation(BackupPath)!)
        {
            SourceTenantId = SourceTenantId,
            OnConflict = OnConflict,
            Keys = KeyMapReader.Read(KeyMap, p => ResolveLocation(p)!),
            KeyMapPath = ResolveLocation(KeyMapPath),
            Destination = ResolveLocation(Destination),
            SkipRehearsal = SkipRehearsal,
            ReferenceTable = ReferenceTable,
            ColumnName = ColumnName,
            LockTimeout = LockTimeout,
        });
}
