using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace PosTenancy.Commands;

/// <summary>
/// Runs the engine on a thread of its own, and shows what it reports on PowerShell's, which is the only one that may write. So the bar
/// lives on while a single call of SQLite or of the disk takes its time, whatever it is: a COMMIT, a count, a flush.
/// </summary>
/// <typeparam name="T">What the engine returns.</typeparam>
internal sealed class EngineRun<T> : IProgress<StageProgress>, IDisposable
{
    /// <summary>How often reports are taken: the engine does not wait for it, nor is this thread woken for each.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentQueue<(StageProgress Report, TimeSpan At)> _reports = new();
    private readonly SemaphoreSlim _noticeShown = new(0);
    private readonly StageProgressWriter _writer;
    private readonly Action _stop;
    private readonly Action? _meanwhile;
    private readonly Task<T> _engine;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Starts the engine.</summary>
    /// <param name="work">What to run; it is given where to report to.</param>
    /// <param name="writer">Shows the reports.</param>
    /// <param name="stop">Cancels the engine: everything is undone before a stop, or a failure to show a report, ends the command.</param>
    /// <param name="meanwhile">Writes what the engine has found so far; <see langword="null"/> if it finds nothing before its end.</param>
    public EngineRun(Func<IProgress<StageProgress>, T> work, StageProgressWriter writer, Action stop, Action? meanwhile = null)
    {
        _writer = writer;
        _stop = stop;
        _meanwhile = meanwhile;
        _engine = Task.Factory.StartNew(
            () => work(this),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }

    /// <summary>Whether the engine has ended.</summary>
    public bool HasEnded => _engine.IsCompleted;

    /// <summary>Waits for the end of the engine, or a moment, and shows what it reported.</summary>
    public void Wait()
    {
        _ = Task.WaitAny([_engine], Interval);
        Show();
    }

    /// <summary>Waits for the end of the engine.</summary>
    /// <returns>What it returned.</returns>
    public T Finish()
    {
        while (!HasEnded)
        {
            Wait();
        }

        Show();
        _failure?.Throw();
        return _engine.GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    /// <remarks>A notice may be answered with a stop, so nothing more is done before it was shown.</remarks>
    public void Report(StageProgress value)
    {
        _reports.Enqueue((value, _writer.Now));
        if (value.Notice is not null)
        {
            _noticeShown.Wait();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _noticeShown.Dispose();

    private void Show()
    {
        while (_reports.TryDequeue(out (StageProgress Report, TimeSpan At) next))
        {
            Try(() => _writer.Report(next.Report, next.At));
            if (next.Report.Notice is not null)
            {
                _noticeShown.Release();
            }
        }

        Try(_writer.Refresh);
        if (_meanwhile is not null)
        {
            Try(_meanwhile);
        }
    }

    private void Try(Action show)
    {
        if (_failure is not null)
        {
            return;
        }

        try
        {
            show();
            if (_writer.IsStopped)
            {
                _stop();
            }
        }
        catch (Exception exception)
        {
            _failure = ExceptionDispatchInfo.Capture(exception);
            _stop();
        }
    }
}
