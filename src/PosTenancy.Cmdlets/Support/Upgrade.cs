using System.Collections;
using System.Management.Automation;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Progress;
using PosTenancy.Engine.Text;

namespace PosTenancy.Commands;

/// <summary>One upgrade on its way through the internal cmdlets of <c>Invoke-PosTenantUpgrade</c>.</summary>
public sealed class Upgrade
{
    private readonly UpgradeOptions? _options;
    private readonly UpgradeResult? _refusal;
    private readonly Hashtable _written;
    private GuardedUpgrade? _guard;
    private StageProgressWriter? _writer;
    private UpgradeResult? _result;

    private Upgrade(string path, string? action, string? reportPath, Hashtable written)
    {
        Path = path;
        Target = VisibleText.Escape(path);
        Action = action is null ? null : VisibleText.Escape(action);
        ReportPath = reportPath;
        _written = written;
    }

    /// <summary>An upgrade that can be tried.</summary>
    /// <param name="path">Full path of the database.</param>
    /// <param name="options">What to do.</param>
    /// <param name="question">What to ask first.</param>
    /// <param name="reportPath">Where the report goes; <see langword="null"/> for no report.</param>
    /// <param name="written">The reports that the command has already written.</param>
    internal Upgrade(string path, UpgradeOptions options, MigrationQuestion question, string? reportPath, Hashtable written)
        : this(path, question.IsNeeded ? question.Action : null, reportPath, written) =>
        _options = options with { OnlyVerify = !question.IsNeeded };

    /// <summary>An upgrade that is refused before its first step.</summary>
    /// <param name="refusal">Why.</param>
    /// <param name="reportPath">Where the report goes; <see langword="null"/> for no report.</param>
    /// <param name="written">The reports that the command has already written.</param>
    internal Upgrade(UpgradeResult refusal, string? reportPath, Hashtable written)
        : this(refusal.Path, action: null, reportPath, written) => _refusal = refusal;

    /// <summary>Full path of the database.</summary>
    public string Path { get; }

    /// <summary>The path as a console may show it.</summary>
    public string Target { get; }

    /// <summary>What to ask the user before the first step; <see langword="null"/> if there is nothing to ask.</summary>
    public string? Action { get; }

    /// <summary>The error of a session that cannot ask.</summary>
    /// <param name="exception">Thrown by the host.</param>
    public ErrorRecord GetConfirmationError(Exception exception) => ErrorRecords.ConfirmationRequired(Path, exception);

    /// <summary>Whether it has begun, and the user has not been told how it ended.</summary>
    internal bool IsOpen { get; private set; }

    /// <summary>Where the report goes; <see langword="null"/> for no report.</summary>
    internal string? ReportPath { get; }

    /// <summary>Takes a step. If it fails, the reason is in the result, and the steps after it do nothing.</summary>
    internal void Take(PSCmdlet cmdlet, Action<GuardedUpgrade, IProgress<StageProgress>> step)
    {
        if (_options is not null)
        {
            _guard ??= new GuardedUpgrade(Path, _options);
            Run(cmdlet, _guard, step);
        }
    }

    /// <summary>Ends the upgrade, and writes its report; one whose steps were not all taken is cancelled.</summary>
    /// <param name="cmdlet">Shows the progress.</param>
    /// <param name="reportFailure">Why there is no report; <see langword="null"/> if there is one, or none was wanted.</param>
    internal UpgradeResult Complete(PSCmdlet cmdlet, out PosTenancyException? reportFailure)
    {
        reportFailure = null;
        if (_result is null)
        {
            if (_guard is not null)
            {
                Run(cmdlet, _guard, (guard, progress) => _result = guard.Complete(progress));
            }

            _result ??= _refusal!;
            try
            {
                _result = ReportPath is null || _refusal?.Error?.ErrorId == ErrorIds.InvalidReportPath
                    ? _result
                    : ReportFile.Write(_result, ReportPath, _written);
            }
            catch (PosTenancyException exception)
            {
                reportFailure = exception;
            }
        }

        return _result;
    }

    /// <summary>Cancels the step that is being taken.</summary>
    internal void Cancel() => _guard?.Cancel();

    /// <summary>Takes the progress bar from the screen: the user knows how the upgrade ended.</summary>
    internal void Close()
    {
        _writer?.Complete();
        _guard?.Dispose();
        IsOpen = false;
    }

    private void Run(PSCmdlet cmdlet, GuardedUpgrade guard, Action<GuardedUpgrade, IProgress<StageProgress>> step)
    {
        IsOpen = true;
        _writer ??= new StageProgressWriter(cmdlet, Path, CommandParts.Upgrade(rehearses: !_options!.SkipRehearsal));
        _writer.ContinueIn(cmdlet);
        using EngineRun<object?> run = new(
            progress =>
            {
                step(guard, progress);
                return null;
            },
            _writer,
            guard.Cancel);
        _ = run.Finish();
    }
}
