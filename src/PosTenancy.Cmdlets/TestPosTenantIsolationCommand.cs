using System.Management.Automation;
using PosTenancy.Engine.Isolation;
using PosTenancy.Engine.Progress;

namespace PosTenancy.Commands;

/// <summary>Tries on a copy whether one tenant sees or touches rows of another; writes one result per table and operation.</summary>
[Cmdlet(VerbsDiagnostic.Test, "PosTenantIsolation", DefaultParameterSetName = "Path")]
[OutputType(typeof(IsolationResult))]
public sealed class TestPosTenantIsolationCommand : MigratedDatabaseCommand
{
    /// <summary>The tenant whose statements are tried.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(TenantIdCompleter))]
    public string TenantId { get; set; } = "";

    /// <summary>An existing folder for the copy; that of the database if none is named.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Destination { get; set; }

    /// <summary>Whether to try the guard of New-PosTenantGuard as well.</summary>
    [Parameter]
    public SwitchParameter Guard { get; set; }

    /// <inheritdoc/>
    protected override void ProcessDatabase(string path)
    {
        MigrationOptions options = RequireArgument(
            static errorId => errorId == ErrorIds.InvalidColumnName ? nameof(ColumnName) : nameof(TenantId),
            () => new MigrationOptions(TenantId, ColumnName)
            {
                ExcludeTable = ExcludeTable,
                ReferenceTable = ReferenceTable,
                HistoryTable = HistoryTable,
            });
        string? destination = ResolveLocation(Destination);
        IsolationReading reading = Watch(path, CommandParts.Isolation, progress =>
            TenantIsolation.Test(path, TenantExpectation.From(options), destination, progress, Guard, Cancellation));
        if (reading.Warning is { } warning)
        {
            WriteWarning(warning);
        }

        WriteObject(reading.Results, enumerateCollection: true);
    }
}
