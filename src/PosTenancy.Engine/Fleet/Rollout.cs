using System.Globalization;

namespace PosTenancy.Engine.Fleet;

/// <summary>
/// Decides which store of a rollout comes next, and when it must stop. Runs nothing and knows no time. Not thread-safe.
/// </summary>
public sealed class Rollout
{
    private readonly IReadOnlyList<FleetStore> _stores;
    private readonly int _canary;
    private readonly int _throttleLimit;
    private readonly int _maxFailure;
    private readonly FleetResult?[] _results;
    private readonly HashSet<int> _atWork = [];
    private readonly Queue<int> _waiting;
    private int _shown;
    private int _failures;

    /// <summary>Prepares a rollout.</summary>
    /// <param name="stores">The stores, in their order.</param>
    /// <param name="canary">How many of them go first, one after the other.</param>
    /// <param name="throttleLimit">How many may be at work at the same time after those.</param>
    /// <param name="maxFailure">How many may fail.</param>
    /// <param name="isDone">Whether an earlier run has done a store.</param>
    public Rollout(IReadOnlyList<FleetStore> stores, int canary, int throttleLimit, FailureLimit maxFailure, Func<int, bool> isDone)
    {
        _stores = stores;
        _canary = canary;
        _throttleLimit = throttleLimit;
        _maxFailure = maxFailure.Of(stores.Count);
        _results = new FleetResult?[stores.Count];
        Done = [.. Enumerable.Range(0, stores.Count).Where(isDone)];
        _waiting = new Queue<int>(Enumerable.Range(0, stores.Count).Where(i => !isDone(i)));
    }

    /// <summary>Why no further store is begun, in a sentence; <see langword="null"/> while there is no reason.</summary>
    public string? Stopped { get; private set; }

    /// <summary>Stores that an earlier run has done.</summary>
    public IReadOnlyCollection<int> Done { get; }

    /// <summary>How many stores are at work.</summary>
    public int AtWork => _atWork.Count;

    /// <summary>How many stores have ended in this run.</summary>
    public int Ended { get; private set; }

    /// <summary>How many stores are still to begin.</summary>
    public int Waiting => Stopped is null ? _waiting.Count : 0;

    /// <summary>How many stores were not begun because the rollout was stopped.</summary>
    public int NotBegun => Stopped is null ? 0 : _waiting.Count;

    /// <summary>How many stores have failed.</summary>
    public int Failures => _failures;

    /// <summary>Whether every store has ended, or none will begin any more.</summary>
    public bool IsFinished => _atWork.Count == 0 && Waiting == 0;

    /// <summary>Begins the next store, if one may begin now.</summary>
    /// <returns>Its index; <see langword="null"/> if none may.</returns>
    public int? Next()
    {
        if (Waiting == 0 || _atWork.Count >= (_waiting.Peek() < _canary || _atWork.Any(i => i < _canary) ? 1 : _throttleLimit))
        {
            return null;
        }

        int next = _waiting.Dequeue();
        _ = _atWork.Add(next);
        return next;
    }

    /// <summary>Takes the result of a store.</summary>
    public void End(int store, FleetResult result)
    {
        _ = _atWork.Remove(store);
        _results[store] = result;
        Ended++;
        if (!result.IsDone)
        {
            _failures++;
        }

        if (Stopped is not null || _waiting.Count == 0)
        {
            return;
        }

        if (store < _canary && !result.IsDone)
        {
            Stop($"The canary '{_stores[store]}' is {result.Status}.");
        }
        else if (store < _canary && result.Upgrade is { TargetRequested: true, MeetsTarget: false })
        {
            Stop($"The canary '{_stores[store]}' took longer than the target.");
        }
        else if (_failures > _maxFailure)
        {
            Stop(string.Format(
                CultureInfo.InvariantCulture,
                "{0:N0} {1} not done, and -MaxFailure allows {2:N0}.",
                _failures,
                _failures == 1 ? "store is" : "stores are",
                _maxFailure));
        }
    }

    /// <summary>Begins no further store.</summary>
    /// <param name="why">The reason, in a sentence.</param>
    public void Stop(string why) => Stopped ??= why;

    /// <summary>
    /// The next results in the order of the stores: a store that is at work holds back those after it. Each is returned once, and then
    /// forgotten.
    /// </summary>
    /// <param name="load">Loads the result of a store that an earlier run has done.</param>
    public IEnumerable<FleetResult> Take(Func<int, FleetResult> load)
    {
        for (; _shown < _stores.Count; _shown++)
        {
            FleetResult? result = _results[_shown];
            if (result is null && Done.Contains(_shown))
            {
                result = load(_shown);
            }
            else if (result is null && Stopped is not null && !_atWork.Contains(_shown))
            {
                FleetStore store = _stores[_shown];
                result = new FleetResult(store.Path, store.ComputerName, store.TenantId, FleetStatus.NotStarted, null, TimeSpan.Zero)
                {
                    Error = new Failure(ErrorIds.RolloutStopped, $"'{store}' was not begun. {Stopped}"),
                };
            }

            if (result is null)
            {
                yield break;
            }

            _results[_shown] = null;
            yield return result;
        }
    }
}
