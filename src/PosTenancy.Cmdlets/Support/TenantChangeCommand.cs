using System.Management.Automation;
using PosTenancy.Engine.Progress;
using PosTenancy.Engine.Reporting;
using PosTenancy.Engine.Tenants;

namespace PosTenancy.Commands;

/// <summary>A cmdlet that changes one tenant of a database in a guarded run.</summary>
/// <typeparam name="TResult">What it writes.</typeparam>
public abstract class TenantChangeCommand<TResult> : TenantDatabaseCommand
    where TResult : TenantChangeResult
{
    private readonly HashSet<string> _reports = [];
    private string? _reportPath;

    /// <summary>An existing folder for the backup.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Destination { get; set; }

    /// <summary>A file or folder for the report.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ReportPath { get; set; }

    /// <summary>Whether to go without the rehearsal on a copy.</summary>
    [Parameter]
    public SwitchParameter SkipRehearsal { get; set; }

    /// <summary>How long to wait for others to close the database, in seconds or as a time span.</summary>
    [Parameter]
    [Seconds]
    public TimeSpan? LockTimeout { get; set; }

    /// <inheritdoc/>
    protected override bool ReadsOnly => IsWhatIf;

    /// <summary>The work in the present participle, as in "renaming in".</summary>
    protected abstract string Doing { get; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _reportPath = RequireArgument(static _ => nameof(ReportPath), () =>
        {
            string? path = ResolveLocation(ReportPath);
            if (path is not null)
            {
                ReportLocation.Require(path);
            }

            return path;
        });
    }

    /// <inheritdoc/>
    protected sealed override void ProcessDatabase(string path)
    {
        GuardedTenantChange<TResult> change = RequireArgument(Parameter, () => Prepare(path));
        if (IsWhatIf)
        {
            foreach (string action in Watch(path, CommandParts.Plan, _ => change.Preview(Cancellation)))
            {
                _ = ShouldProcess(path, action);
            }

            return;
        }

        if (!ShouldProcess(path, change.Action))
        {
            return;
        }

        TResult result = Watch(
            path,
            CommandParts.TenantChange(!SkipRehearsal),
            progress => change.Run(progress, Cancellation),
            Doing);
        result = Report(result, out ErrorRecord? unwritten);
        WriteWarnings(result.Warnings);
        WriteResult(result, result.Error?.Message ?? $"'{path}': {result.Status}.");
        if (result.Error is { } error)
        {
            WriteError(ErrorRecords.From(error, path));
        }

        if (unwritten is not null)
        {
            WriteError(unwritten);
        }
    }

    /// <summary>The parameter that an error id is about.</summary>
    protected abstract string Parameter(string errorId);

    /// <summary>What there is to do with a database.</summary>
    /// <param name="path">Full path of the file.</param>
    /// <exception cref="PosTenancyException">A parameter has a bad value.</exception>
    protected abstract GuardedTenantChange<TResult> Prepare(string path);

    /// <summary>Writes the report, whatever happened.</summary>
    private TResult Report(TResult result, out ErrorRecord? unwritten)
    {
        unwritten = null;
        if (_reportPath is null)
        {
            return result;
        }

        try
        {
            string file = ReportLocation.PrepareChange(result, _reportPath, _reports.Contains);
            ChangeReport.Write(result, file);
            _ = _reports.Add(file);
            return (TResult)((TenantChangeResult)result with { ReportPath = file });
        }
        catch (PosTenancyException exception)
        {
            unwritten = ErrorRecords.From(exception, _reportPath);
            return result;
        }
    }
}
