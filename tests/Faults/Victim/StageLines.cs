namespace PosTenancy.Tests.Faults.Victim;

/// <summary>
/// Says on the error stream that a stage begins; what is traced then has this line among its calls. Stops for good at the report that
/// <see cref="StopAt"/> names, to be killed there.
/// </summary>
internal sealed class StageLines : IProgress<StageProgress>
{
    /// <summary>The environment variable with an activity; after "live: " it is one of the live file.</summary>
    public const string StopAt = "POSTENANCY_STOP_AT";

    /// <summary>The line that says that it has stopped.</summary>
    public const string Stopped = "stopped";

    private readonly string? _stopAt = Environment.GetEnvironmentVariable(StopAt);
    private Stage? _last;

    /// <summary>Whether a report is the one that is meant.</summary>
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
