using Spectre.Console;

namespace PosTenancy.QuickStart;

/// <summary>
/// Tells what happens while it happens: a line with the figures of each stage at its end, and on a terminal a bar while it runs.
/// <see cref="Progress{T}"/> would report on other threads, and so out of order; the engine reports on the caller's.
/// </summary>
/// <param name="screen">The writer of the lines.</param>
/// <param name="bars">Where the bars are; <see langword="null"/> where nobody looks at them.</param>
internal sealed class Narrator(Screen screen, ProgressContext? bars) : IProgress<StageProgress>
{
    private (Stage Stage, ProgressTask Task)? _bar;

    /// <summary>Shows a report of the engine.</summary>
    /// <param name="value">The report.</param>
    public void Report(StageProgress value)
    {
        if (bars is not null)
        {
            Move(bars, value);
        }

        if (value.Result is { } result)
        {
            screen.Stage(result, value.Stage);
        }
    }

    private void Move(ProgressContext context, StageProgress value)
    {
        if (_bar?.Stage != value.Stage)
        {
            // The last report of a stage came before its last step.
            _bar?.Task.Increment(_bar.Value.Task.MaxValue);
            _bar?.Task.StopTask();
            _bar = (value.Stage, context.AddTask(value.Stage.ToString()));
        }

        // One stage copies bytes, then runs statements, then checks: each has its own total.
        ProgressTask task = _bar.Value.Task;
        string item = value.Item is null ? "" : " " + Path.GetFileName(value.Item);
        task.Description = Screen.Escape(Screen.Shorten($"{value.Stage}: {value.Activity}{item}", 60));
        task.IsIndeterminate = value.Total == 0;
        task.MaxValue = Math.Max(1, value.Total);
        task.Value = value.Total == 0 ? 0 : value.Completed;
    }
}
