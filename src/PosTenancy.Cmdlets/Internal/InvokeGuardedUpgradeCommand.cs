using System.Collections;
using System.Management.Automation;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Progress;
using PosTenancy.Engine.Reporting;

namespace PosTenancy.Commands.Internal;

/// <summary>Runs the engine's guarded upgrade for <c>Invoke-PosTenantUpgrade</c>, which asks and reports. Not exported.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "GuardedUpgrade", DefaultParameterSetName = "Path")]
[OutputType(typeof(UpgradeResult), typeof(MigrationQuestion))]
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

    /// <summary>Where the report will go, checked before anything is done. The caller writes it, unless the command is cancelled.</summary>
    [Parameter]
    public string? ReportPath { get; set; }

    /// <summary>The reports that the caller wrote already.</summary>
    [Parameter]
    public Hashtable Written { get; set; } = [];

    /// <summary>Only give what there is to ask or to say before the upgrade; change nothing.</summary>
    [Parameter]
    public SwitchParameter Preview { get; set; }

    /// <summary>Refuse if there turns out to be anything to change.</summary>
    [Parameter]
    public SwitchParameter OnlyVerify { get; set; }

    /// <summary>The function knows what was typed and what came through the pipeline; for this cmdlet everything is an argument.</summary>
    protected override bool IsMisuse(string parameter) => false;

    /// <inheritdoc/>
    protected override bool ReadsOnly => IsWhatIf;

    /// <inheritdoc/>
    protected override void ProcessDatabase(string path)
    {
        if (Preview)
        {
            WriteObject(Ask(path));
            return;
        }

        UpgradeOptions options = RequireOptions();
        UpgradeResult result = Watch(path, CommandParts.Upgrade(rehearses: !SkipRehearsal), progress =>
            GuardedUpgrade.Run(path, options, progress, Cancellation));
        if (Cancellation.IsCancellationRequested)
        {
            TellEnd(result);
            throw new PipelineStoppedException();
        }

        ShowOutput(result.Migration);
        if (result is { TargetRequested: true, MeetsTarget: false })
        {
            WriteWarning(MigrationDescription.Slow(result));
        }

        WriteObject(result);
    }

    private MigrationQuestion Ask(string path)
    {
        DateTimeOffset startedAt = DateTimeOffset.Now;
        try
        {
            UpgradeOptions options = RequireOptions();
            return AskAbout(path, options.Migration, progress => GuardedUpgrade.Preview(path, options, progress, Cancellation));
        }
        catch (PosTenancyException exception) when (!IsWhatIf)
        {
            return new MigrationQuestion("", isNeeded: false, GuardedUpgrade.Refused(path, TenantId, startedAt, exception));
        }
    }

    /// <summary>After Ctrl+C the caller receives no result: only the screen and the report can show it.</summary>
    private void TellEnd(UpgradeResult result)
    {
        string end = result.Status == UpgradeStatus.Cancelled
            ? result.Error!.Message
            : $"The upgrade of '{result.Path}' had ended before it could be cancelled: {result.Status}. {result.Error?.Message}".TrimEnd();
        if (ResolveLocation(ReportPath) is { } reportPath)
        {
            try
            {
                result = ReportFile.Write(result, reportPath, Written);
                end += $" The report is '{result.ReportPath}'.";
            }
            catch (PosTenancyException exception)
            {
                end += " " + exception.Message;
            }
        }

        Tell(end);
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
            OnlyVerify = OnlyVerify,
        };
        return Target is { } target ? options with { Target = target } : options;
    }
}
