using Spectre.Console;

namespace PosTenancy.QuickStart;

/// <summary>
/// Shows progress: a line with the figures of each stage when it ends and, on a terminal, a bar while it runs. <see cref="Progress{T}"/>
/// would report on other threads, and thus out of order; the engine reports on the caller's.
/// </summary>
/// <param name="screen">Writes the lines.</param>
/// <param name="bars">Shows the bars; <see langword="null"/> if the output is not a terminal.</param>
internal sealed class Narrator(Screen screen, ProgressContext? bars) : IProgress<StageProgress>
{
    private (Stage Stage, ProgressTask Task)? _bar;

    /// <summary>Shows a report of the engine.</summary>
    /// <param name="value">A progress report.</param>
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
            // The last report of a stage precedes its last step.
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
