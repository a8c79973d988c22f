using System.Management.Automation;
using PosTenancy.Engine.Progress;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Commands;

/// <summary>Measures whether a database is whole after its migration; writes one result per check, or one bool.</summary>
[Cmdlet(VerbsDiagnostic.Test, "PosTenantIntegrity", DefaultParameterSetName = "Path")]
[OutputType(typeof(CheckResult), typeof(bool))]
public sealed class TestPosTenantIntegrityCommand : MigratedDatabaseCommand
{
    /// <summary>The tenant that every row should belong to.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(TenantIdCompleter))]
    public string? TenantId { get; set; }

    /// <summary>The backup made before the migration, to compare with.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(BackupPathCompleter))]
    public string? BackupPath { get; set; }

    /// <summary>Write only whether no check failed.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override void ProcessDatabase(string path)
    {
        // A result that made no backup (AlreadyMigrated) pipes an empty one.
        string? backupPath = string.IsNullOrEmpty(BackupPath) ? null : ResolveLocation(BackupPath);
        string? tenantId = string.IsNullOrEmpty(TenantId) ? null : TenantId;
        IReadOnlyList<CheckResult> checks;
        try
        {
            TenantExpectation expectation = new(tenantId, ColumnName, ExcludeTable)
            {
                ReferenceTable = ReferenceTable,
                HistoryTable = HistoryTable,
            };
            checks = Watch(path, CommandParts.Checks(backupPath is not null), progress =>
                TenantIntegrity.Test(path, expectation, backupPath, progress, Cancellation));
        }
        catch (PosTenancyException) when (Quiet)
        {
            WriteObject(false);
            throw;
        }

        if (Quiet)
        {
            WriteObject(checks.All(c => c.Status != CheckStatus.Failed));
        }
        else
        {
            WriteObject(checks, enumerateCollection: true);
        }
    }
}
