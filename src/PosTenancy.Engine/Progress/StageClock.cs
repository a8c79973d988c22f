using System.Diagnostics;

namespace PosTenancy.Engine.Progress;

/// <summary>
/// Measures how long each stage takes, by listening to what the engine reports anyway; every report goes on to the one who asked for it.
/// </summary>
internal sealed class StageClock(IProgress<StageProgress>? listener) : IProgress<StageProgress>
{
    private readonly List<StageDuration> _stages = [];
    private readonly Stopwatch _watch = new();
    private Stage? _current;

    public void Report(StageProgress value)
    {
        // A report with a result only says that a stage has ended: of one that was never reached, too.
        if (value.Result is null)
        {
            Enter(value.Stage);
        }

        listener?.Report(value);
    }

    /// <summary>Begins a stage, where it does something before it has anything to report.</summary>
    public void Enter(Stage stage)
    {
        if (_current != stage)
        {
            _ = Stop();
            _current = stage;
            _watch.Restart();
        }
    }

    /// <summary>Ends the stage that is running.</summary>
    /// <returns>Every stage until now, in the order in which they began.</returns>
    public IReadOnlyList<StageDuration> Stop()
    {
        if (_current is { } ended)
        {
            int before = _stages.FindIndex(s => s.Stage == ended);
            if (before < 0)
            {
                _stages.Add(new StageDuration(ended, _watch.Elapsed));
            }
            else
            {
                _stages[before] = new StageDuration(ended, _stages[before].Duration + _watch.Elapsed);
            }

            _current = null;
        }

        return _stages.ToArray();
    }
}
