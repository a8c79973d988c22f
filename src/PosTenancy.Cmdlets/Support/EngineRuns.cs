using System.Management.Automation;
using PosTenancy.Engine.Progress;

namespace PosTenancy.Commands;

/// <summary>Runs of the engine side by side, one for each database. What they return is taken in the order of the databases.</summary>
/// <typeparam name="T">What a run returns.</typeparam>
/// <param name="limit">How many run at the same time.</param>
/// <param name="cancel">Cancels all of them.</param>
/// <param name="take">Takes the end of a run: the database, and a function that returns its result or throws.</param>
internal sealed class EngineRuns<T>(int limit, Action cancel, Action<string, Func<T>> take)
{
    private readonly Queue<(string Path, EngineRun<T> Run, StageProgressWriter Writer)> _runs = new();

    /// <summary>Starts a run, and waits until another may start. Ends that are due are taken meanwhile.</summary>
    /// <param name="cmdlet">Shows progress: that of the first database that is not done.</param>
    /// <param name="path">The database.</param>
    /// <param name="parts">What the engine will do.</param>
    /// <param name="work">Calls the engine; nothing in it may write.</param>
    public void Start(PSCmdlet cmdlet, string path, IReadOnlyList<CommandPart> parts, Func<IProgress<StageProgress>, T> work)
    {
        StageProgressWriter writer = new(cmdlet, path, parts);
        _runs.Enqueue((path, new EngineRun<T>(work, writer, cancel), writer));
        Wait(limit);
    }

    /// <summary>Waits until every run has ended and was taken.</summary>
    public void Finish() => Wait(1);

    /// <summary>Cancels the runs that are left, and waits for their ends.</summary>
    /// <param name="left">Takes them instead.</param>
    public void Stop(Action<string, Func<T>> left)
    {
        if (_runs.Count > 0)
        {
            cancel();
        }

        while (_runs.Count > 0)
        {
            Take(left);
        }
    }

    private void Wait(int tooMany)
    {
        while (_runs.Count > 0)
        {
            if (_runs.Peek().Run.HasEnded)
            {
                Take(take);
            }
            else if (_runs.Count(r => !r.Run.HasEnded) >= tooMany)
            {
                _runs.Peek().Run.Wait();
            }
            else
            {
                return;
            }
        }
    }

    private void Take(Action<string, Func<T>> action)
    {
        (string path, EngineRun<T> run, StageProgressWriter writer) = _runs.Dequeue();
        using (run)
        {
            action(path, () =>
            {
                try
                {
                    return run.Finish();
                }
                finally
                {
                    writer.Complete();
                }
            });
        }
    }
}
