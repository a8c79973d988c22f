using System.Management.Automation;
using PosTenancy.Engine;

namespace PosTenancy.Commands;

/// <summary>Shows the engine's reports in PowerShell's progress bar, and the statements on the live file as verbose messages.</summary>
internal sealed class StageProgressWriter(PSCmdlet cmdlet, string path) : IProgress<StageProgress>
{
    public const int ActivityId = 7267;

    private readonly string _file = VisibleText.Of(Path.GetFileName(path));

    public void Report(StageProgress value)
    {
        try
        {
            Write(value);
        }
        catch (PipelineStoppedException)
        {
            // After Ctrl+C PowerShell throws from every write. The engine learns of it from its token, where it can take back what it did;
            // thrown from here, the stop would pass by the code that does, and a file would stay committed that nobody has verified.
        }
    }

    private void Write(StageProgress value)
    {
        string activity = VisibleText.Of(value.Activity);
        string? item = value.Item is null ? null : VisibleText.Of(value.Item);
        cmdlet.WriteProgress(new ProgressRecord(ActivityId, $"{Verb(value.Stage)} {_file}", activity)
        {
            CurrentOperation = item,
            PercentComplete = value.Total > 0 ? (int)(value.Completed * 100 / value.Total) : -1,
        });
        if (value.Notice is { } notice)
        {
            cmdlet.WriteWarning(VisibleText.Of(notice));
        }

        if (value.Stage == Stage.Migration && item is not null)
        {
            cmdlet.WriteVerbose($"{item}: {activity}");
        }
    }

    private static string Verb(Stage stage) => stage switch
    {
        Stage.Plan => "Planning",
        Stage.Backup => "Backing up",
        Stage.Rehearsal => "Rehearsing",
        Stage.Migration => "Migrating",
        Stage.Verification => "Verifying",
        Stage.Isolation => "Testing isolation of",
        Stage.Measurement => "Measuring",
        _ => "Restoring",
    };
}
