using System.Diagnostics;
using System.Management.Automation;
using System.Management.Automation.Host;
using PosTenancy.Engine.Progress;
using PosTenancy.Engine.Text;

namespace PosTenancy.Commands;

/// <summary>Shows the engine's reports in PowerShell's progress bar, and the statements on the live file as verbose messages.</summary>
internal sealed class StageProgressWriter
{
    /// <summary>
    /// One bar for everything, and one source: PowerShell would make a new one for each cmdlet, and after Ctrl+C there would be two bars.
    /// </summary>
    private const int ActivityId = 7267;

    /// <summary>Drawing is slow, and a bar that is replaced sooner cannot be read.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a bar may stand that has nothing new to show but the time.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(500);

    private static readonly char[] LineEnds = ['\r', '\n'];

    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly string _file;
    private readonly string _migrating;
    private readonly CommandProgress _progress;
    private readonly bool _isWanted;
    private PSCmdlet _cmdlet;
    private string _verbose = "";
    private StageProgress _report;
    private ProgressReading _reading;
    private TimeSpan _drawnAt;
    private bool _isDrawn;
    private bool _isPending;

    /// <summary>Begins a bar, which is not seen before there is something to show or the command takes its time.</summary>
    /// <param name="cmdlet">Writes.</param>
    /// <param name="path">The database.</param>
    /// <param name="parts">What the command does.</param>
    /// <param name="migrating">What it does with the live file in <see cref="Stage.Migration"/>.</param>
    public StageProgressWriter(PSCmdlet cmdlet, string path, IReadOnlyList<CommandPart> parts, string migrating = "migrating")
    {
        _cmdlet = cmdlet;
        _migrating = migrating;
        _file = VisibleText.Escape(Path.GetFileName(path));
        _progress = new CommandProgress(parts);
        _report = new StageProgress(parts[0].Stage, "Reading the database", Item: null, 0, 0) { Part = parts[0].Part };
        _reading = _progress.Report(_report, TimeSpan.Zero);
        object? preference = cmdlet.MyInvocation.BoundParameters.TryGetValue("ProgressAction", out object? given)
            ? given
            : cmdlet.SessionState.PSVariable.GetValue("ProgressPreference");
        _isWanted = LanguagePrimitives.TryConvertTo(preference, out ActionPreference action) && action == ActionPreference.Continue;
    }

    /// <summary>The time since the command began.</summary>
    public TimeSpan Now => _watch.Elapsed;

    /// <summary>Whether PowerShell has stopped the command: because of Ctrl+C, or of a preference to stop at what was written.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Continues the bar in the next cmdlet of the same operation.</summary>
    /// <param name="cmdlet">Writes from now on.</param>
    public void ContinueIn(PSCmdlet cmdlet) => _cmdlet = cmdlet;

    /// <summary>Shows a report, or keeps it until it is due.</summary>
    /// <param name="report">What the engine does.</param>
    /// <param name="at">When it was reported, since the command began.</param>
    public void Report(StageProgress report, TimeSpan at)
    {
        bool begins = report.Stage != _report.Stage;
        if (begins && _isPending)
        {
            Draw();
        }

        _report = report;
        _reading = _progress.Report(report, at);
        _isPending = true;
        if (begins || !_isDrawn || report.Result is not null)
        {
            Draw();
        }

        WriteTexts(report);
    }

    /// <summary>Shows what is due.</summary>
    public void Refresh()
    {
        if (Now - _drawnAt >= (_isPending ? Shortest : Longest))
        {
            _reading = _progress.Read(Now);
            Draw();
        }
    }

    /// <summary>Takes the bar from the screen.</summary>
    public void Complete()
    {
        if (_isDrawn)
        {
            Write(new ProgressRecord(ActivityId, "PosTenancy", "done") { RecordType = ProgressRecordType.Completed });
        }
    }

    private void Draw()
    {
        string step = _reading is { Steps: > 1, Step: > 0 }
            ? $"Step {_reading.Step} of {_reading.Steps}: {Verb(_report.Stage)}"
            : Capitalized(Verb(_report.Stage));
        Write(
            new ProgressRecord(ActivityId, $"{step} {_file}", Status())
            {
                CurrentOperation = _report.Item is null ? null : VisibleText.Escape(_report.Item),
                PercentComplete = _reading.Fraction is { } fraction ? (int)((fraction * 100) + 1e-6) : -1,
                SecondsRemaining = _reading.TimeLeft is { } left ? (int)Math.Min(Math.Ceiling(left.TotalSeconds), int.MaxValue) : -1,
            });

        // When it is drawn: a console that is slow, such as one far away, must not fall behind.
        (_drawnAt, _isDrawn, _isPending) = (Now, true, false);
    }

    /// <summary>What is done now, and since when: the bar of PowerShell 7 shows nothing else beside it, and in one line.</summary>
    private string Status()
    {
        bool isCheck = _report is { Part: StagePart.Checks or StagePart.FileChecks, Total: > 0 };
        string text = isCheck
            ? $"{_report.Activity}: {_report.Item}"
            : string.Join(" ", _report.Activity.Split(LineEnds, StringSplitOptions.RemoveEmptyEntries));

        text += !_reading.IsPart && _report.Total > 1 ? $", {_report.Completed * 100 / _report.Total} %" : "";
        text += _reading.Working >= TimeSpan.FromSeconds(1) ? $", {(int)_reading.Working.TotalSeconds} s" : "";
        return VisibleText.Escape(text);
    }

    private void Write(ProgressRecord record)
    {
        try
        {
            _cmdlet.CommandRuntime.WriteProgress(ActivityId, record);
        }
        catch (PipelineStoppedException)
        {
            // From now on PowerShell throws from every write of a cmdlet. The engine still undoes its work, which may take as long
            // as what it did, and the host itself still draws.
            IsStopped = true;
            WriteToHost(record);
        }
    }

    private void WriteToHost(ProgressRecord record)
    {
        try
        {
            if (_isWanted)
            {
                _cmdlet.Host.UI?.WriteProgress(ActivityId, record);
            }
        }
        catch (Exception exception) when (exception is HostException or NotImplementedException)
        {
            // A host without a screen.
        }
    }

    private void WriteTexts(StageProgress report)
    {
        try
        {
            if (report.Notice is { } notice)
            {
                _cmdlet.WriteWarning(VisibleText.Escape(notice));
            }

            if (report is { Stage: Stage.Migration, Part: StagePart.Statements, Item: { } item })
            {
                // A long table is reported again and again.
                string text = $"{item}: {report.Activity}";
                if (text != _verbose)
                {
                    _verbose = text;
                    _cmdlet.WriteVerbose(VisibleText.Escape(text));
                }
            }
        }
        catch (PipelineStoppedException)
        {
            IsStopped = true;
        }
    }

    private static string Capitalized(string text) => char.ToUpperInvariant(text[0]) + text.Substring(1);

    private string Verb(Stage stage) => stage switch
    {
        Stage.Plan => "planning",
        Stage.Backup => "backing up",
        Stage.Rehearsal => "rehearsing",
        Stage.Migration => _migrating,
        Stage.Verification => "verifying",
        Stage.Isolation => "testing isolation of",
        Stage.Measurement => "measuring",
        Stage.Report => "reporting on",
        Stage.Comparison => "comparing",
        Stage.Export => "exporting from",
        Stage.Statements => "trying statements on",
        Stage.Transfer => "copying tenants of",
        _ => "restoring",
    };
}
