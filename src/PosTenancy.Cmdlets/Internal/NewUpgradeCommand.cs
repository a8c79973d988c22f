using System.Collections;
using System.Management.Automation;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Reporting;

namespace PosTenancy.Commands.Internal;

/// <summary>Prepares an upgrade for <c>Invoke-PosTenantUpgrade</c>: checks its options, and what there is to ask. Not exported.</summary>
[Cmdlet(VerbsCommon.New, "Upgrade", DefaultParameterSetName = "Path")]
[OutputType(typeof(Upgrade))]
public sealed class NewUpgradeCommand : ScriptedMigrationCommand
{
    /// <summary>The tenant that every existing row is given.</summary>
    [Parameter(Mandatory = true)]
    [AllowNull]
    [AllowEmptyString]
    public string? TenantId { get; set; }

    /// <summary>An existing folder for backup and rehearsal.</summary>
    [Parameter]
    public string? Destination { get; set; }

    /// <summary>Whether to skip the rehearsal.</summary>
    [Parameter]
    public SwitchParameter SkipRehearsal { get; set; }

    /// <summary>How long to wait for other programs to close the database.</summary>
    [Parameter]
    [Seconds]
    public TimeSpan? LockTimeout { get; set; }

    /// <summary>The longest duration of the migration that causes no warning.</summary>
    [Parameter]
    [Seconds(IsJudgedByEngine = true)]
    public TimeSpan? Target { get; set; }

    /// <summary>A file or folder for the report.</summary>
    [Parameter]
    public string? ReportPath { get; set; }

    /// <summary>The reports that the function has already written; filled by the upgrades.</summary>
    [Parameter]
    public Hashtable Written { get; set; } = [];

    /// <summary>The parameters that the function received as arguments, not through its pipeline.</summary>
    [Parameter]
    public string[] Argument { get; set; } = [];

    /// <inheritdoc/>
    protected override bool ReadsOnly => IsWhatIf;

    /// <summary>To this cmdlet everything is an argument; the function knows which values came through its pipeline.</summary>
    protected override bool IsMisuse(string parameter) => Argument.Contains(parameter, StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    protected override void ProcessDatabase(string path)
    {
        DateTimeOffset startedAt = DateTimeOffset.Now;
        string? reportPath = ResolveLocation(ReportPath);
        try
        {
            UpgradeOptions options = RequireOptions(reportPath);
            MigrationQuestion question = AskAbout(
                path, options.Migration, progress => GuardedUpgrade.Preview(path, options, progress, Cancellation));
            WriteObject(new Upgrade(path, options, question, reportPath, Written));
        }
        catch (PosTenancyException exception) when (!IsWhatIf)
        {
            WriteObject(new Upgrade(GuardedUpgrade.Refused(path, TenantId, startedAt, exception), reportPath, Written));
        }
    }

    private UpgradeOptions RequireOptions(string? reportPath)
    {
        if (reportPath is not null)
        {
            _ = RequireArgument(static _ => nameof(ReportPath), () =>
            {
                ReportLocation.Require(reportPath);
                return reportPath;
            });
        }

        UpgradeOptions options = new(ScriptedOptions(TenantId))
        {
            Destination = ResolveLocation(Destination),
            SkipRehearsal = SkipRehearsal,
            LockTimeout = LockTimeout,
        };
        return Target is { } target ? RequireArgument(static _ => nameof(Target), () => options with { Target = target }) : options;
    }
}
