using System.Management.Automation;
using PosTenancy.Engine;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Reporting;

namespace PosTenancy.Commands.Internal;

/// <summary>Runs the engine's guarded upgrade for <c>Invoke-PosTenantUpgrade</c>, which asks and reports. Not exported.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "GuardedUpgrade", DefaultParameterSetName = "Path")]
[OutputType(typeof(UpgradeResult), typeof(string))]
public sealed class InvokeGuardedUpgradeCommand : ScriptedMigrationCommand
{
    /// <summary>The tenant that every existing row is given.</summary>
    [Parameter(Mandatory = true)]
    [AllowNull]
    [AllowEmptyString]
    public string? TenantId { get; set; }

    /// <summary>An existing folder for backup and rehearsal.</summary>
    [Parameter]
    public string? Destination { get; set; }

    /// <summary>Go without the rehearsal.</summary>
    [Parameter]
    public SwitchParameter SkipRehearsal { get; set; }

    /// <summary>How long to wait for others to close the database.</summary>
    [Parameter]
    [Seconds]
    public TimeSpan? LockTimeout { get; set; }

    /// <summary>How long the migration may take before it is called slow.</summary>
    [Parameter]
    [Seconds(IsJudgedByEngine = true)]
    public TimeSpan? Target { get; set; }

    /// <summary>Where the report will go; looked at before anything is done, written by the caller.</summary>
    [Parameter]
    public string? ReportPath { get; set; }

    /// <summary>Only say what would be done, as a sentence; change nothing.</summary>
    [Parameter]
    public SwitchParameter Preview { get; set; }

    /// <summary>The function knows what was typed and what came through the pipeline; for this cmdlet everything is an argument.</summary>
    protected override bool IsMisuse(string parameter) => false;

    /// <inheritdoc/>
    protected override bool ReadsOnly => Preview;

    /// <inheritdoc/>
    protected override void ProcessDatabase(string path)
    {
        if (Preview)
        {
            UpgradeOptions previewed = RequireOptions();
            MigrationPlan plan = Watch(path, CommandParts.Plan, _ => GuardedUpgrade.Preview(path, previewed, Cancellation));
            ShowScript(plan);
            WriteObject(MigrationDescription.Of(plan));
            return;
        }

        DateTimeOffset startedAt = DateTimeOffset.Now;
        UpgradeOptions options;
        try
        {
            options = RequireOptions();
        }
        catch (PosTenancyException exception)
        {
            WriteObject(new UpgradeResult(path, TenantId ?? "", UpgradeStatus.Refused, startedAt, TimeSpan.Zero)
            {
                Error = new Failure(exception.ErrorId, exception.Message),
            });
            return;
        }

        UpgradeResult result = Watch(path, CommandParts.Upgrade(rehearses: !SkipRehearsal), progress =>
            GuardedUpgrade.Run(path, options, progress, Cancellation));
        ShowOutput(result.Migration);
        if (result.MeetsTarget == false)
        {
            WriteWarning(MigrationDescription.Slow(result));
        }

        WriteObject(result);
    }

    private UpgradeOptions RequireOptions()
    {
        if (ResolveLocation(ReportPath) is { } reportPath)
        {
            ReportLocation.Require(reportPath);
        }

        UpgradeOptions options = new(ScriptedOptions(TenantId))
        {
            Destination = ResolveLocation(Destination),
            SkipRehearsal = SkipRehearsal,
            LockTimeout = LockTimeout,
        };
        return Target is { } target ? options with { Target = target } : options;
    }
}
