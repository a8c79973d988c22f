using System.Management.Automation;

namespace PosTenancy.Commands;

/// <summary>Shows the engine's reports in PowerShell's progress bar, and the statements on the live file as verbose messages.</summary>
internal sealed class StageProgressWriter(PSCmdlet cmdlet, string path) : IProgress<StageProgress>
{
    public const int ActivityId = 7267;

    private readonly string _file = Path.GetFileName(path);

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
        cmdlet.WriteProgress(new ProgressRecord(ActivityId, $"{Verb(value.Stage)} {_file}", value.Activity)
        {
            CurrentOperation = value.Item,
            PercentComplete = value.Total > 0 ? (int)(value.Completed * 100 / value.Total) : -1,
        });
        if (value.Notice is { } notice)
        {
            cmdlet.WriteWarning(notice);
        }

        if (value is { Stage: Stage.Migration, Item: { } item })
        {
            cmdlet.WriteVerbose($"{item}: {value.Activity}");
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
