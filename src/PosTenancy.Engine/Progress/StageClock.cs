using System.Diagnostics;

namespace PosTenancy.Engine.Progress;

/// <summary>
/// Measures the duration of each stage from the engine's progress reports, and forwards every report to the listener.
/// </summary>
internal sealed class StageClock : IProgress<StageProgress>
{
    private readonly List<StageDuration> _stages = [];
    private readonly Stopwatch _watch = new();
    private Stage? _current;

    /// <summary>Receives every report.</summary>
    public IProgress<StageProgress>? Listener { get; set; }

    public void Report(StageProgress value)
    {
        // A report with a result only ends a stage, possibly one that was never reached.
        if (value.Result is null)
        {
            Enter(value.Stage);
        }

        Listener?.Report(value);
    }

    /// <summary>Begins a stage whose work precedes its first report.</summary>
    public void Enter(Stage stage)
    {
        if (_current != stage)
        {
            _ = Stop();
            _current = stage;
            _watch.Restart();
        }
    }

    /// <summary>Ends the running stage.</summary>
    /// <returns>All stages so far, in the order in which they began.</returns>
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
