using System.Management.Automation;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Progress;

namespace PosTenancy.Commands;

/// <summary>Tests an upgrade on a copy of a database, which may be in use, and changes nothing.</summary>
[Cmdlet(VerbsDiagnostic.Test, "PosTenantUpgrade", DefaultParameterSetName = "Path")]
[OutputType(typeof(UpgradeResult))]
public sealed class TestPosTenantUpgradeCommand : ScriptedMigrationCommand
{
    /// <summary>The tenant that every existing row would be given.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(TenantIdCompleter))]
    public string TenantId { get; set; } = "";

    /// <summary>An existing folder for the copy; the system's folder for temporary files if none is named.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? Destination { get; set; }

    /// <summary>The longest duration of the migration that causes no warning.</summary>
    [Parameter]
    [Seconds(IsJudgedByEngine = true)]
    public TimeSpan? Target { get; set; }

    /// <inheritdoc/>
    protected override void ProcessDatabase(string path)
    {
        UpgradeOptions options = new(ScriptedOptions(TenantId)) { Destination = ResolveLocation(Destination) };
        options = Target is { } target ? RequireArgument(static _ => nameof(Target), () => options with { Target = target }) : options;
        UpgradeResult result = Watch(path, CommandParts.UpgradeTest, progress =>
            UpgradeTest.Run(path, options, progress, Cancellation));
        WriteWarnings(result.Plan?.Warnings ?? []);
        WriteObject(result);
        if (result.Error is { } error)
        {
            WriteError(ErrorRecords.From(error, result.Path));
        }
    }
}
