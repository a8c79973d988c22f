namespace PosTenancy.Tests.Faults.Victim;

/// <summary>
/// Writes a line to the error stream when a stage begins, so that the trace contains it among its calls. Blocks indefinitely at the report
/// named by <see cref="StopAt"/>, to be killed there.
/// </summary>
internal sealed class StageLines : IProgress<StageProgress>
{
    /// <summary>The environment variable with an activity; the prefix "live: " limits it to the live file.</summary>
    public const string StopAt = "POSTENANCY_STOP_AT";

    /// <summary>The line that reports the block.</summary>
    public const string Stopped = "stopped";

    private readonly string? _stopAt = Environment.GetEnvironmentVariable(StopAt);
    private Stage? _last;

    /// <summary>Whether a report is of the given activity.</summary>
    public static bool Is(StageProgress report, string activity) => activity.StartsWith("live: ", StringComparison.Ordinal)
        ? report.Activity == activity[6..] && report.Stage is Stage.Migration or Stage.Verification
        : report.Activity == activity;

    public void Report(StageProgress value)
    {
        if (value.Stage != _last)
        {
            _last = value.Stage;
            Console.Error.WriteLine($"stage {value.Stage}");
        }

        if (_stopAt is not null && Is(value, _stopAt))
        {
            Console.Error.WriteLine(Stopped);
            Thread.Sleep(Timeout.Infinite);
        }
    }
}
