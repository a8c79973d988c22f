using System.Collections;
using System.Diagnostics;
using System.Management.Automation;
using PosTenancy.Engine.Fleet;
using PosTenancy.Engine.Reporting;

namespace PosTenancy.Commands;

/// <summary>A rollout on its way through the internal cmdlets of <c>Invoke-PosFleetUpgrade</c>.</summary>
public sealed class Fleet : IDisposable
{
    private readonly FleetState? _state;
    private readonly StageLog? _log;
    private readonly Rollout _rollout;
    private readonly string? _reportPath;
    private readonly Hashtable _written = new(StringComparer.Ordinal);
    private readonly List<FleetItem> _atWork = [];
    private readonly List<FleetResult> _results = [];
    private readonly List<string> _warnings = [];
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly DateTimeOffset _startedAt = DateTimeOffset.Now;

    /// <summary>Opens the state and the log; nothing else is touched.</summary>
    /// <exception cref="PosTenancyException">One of them cannot be used.</exception>
    internal Fleet(IReadOnlyList<FleetItem> items, FleetOptions options)
    {
        Items = items;
        Options = options;
        _reportPath = options.ReportPath;
        FleetStore[] stores = [.. items.Select(i => i.Store)];
        _log = options.LogPath is null ? null : new StageLog(options.LogPath);
        _state = options.StatePath is null
            ? null
            : FleetState.Open(options.StatePath, FleetStores.Fingerprint(stores, options.Rehearses));
        _rollout = new Rollout(
            stores, options.Canary, options.ThrottleLimit, options.MaxFailure, i => _state?.IsDone(i) == true);
    }

    /// <summary>The stores, in the order of the rows.</summary>
    public IReadOnlyList<FleetItem> Items { get; }

    /// <summary>The stores at work on other machines.</summary>
    public IReadOnlyList<FleetItem> Remote => [.. _atWork.Where(i => i.ComputerName is not null)];

    /// <summary>Whether every store has ended, or none will begin any more, and every result was taken.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>Why the rollout was stopped; <see langword="null"/> if it was not.</summary>
    public string? Stopped => _rollout.Stopped;

    /// <summary>Whether it only tests the upgrades.</summary>
    public bool Rehearses => Options.Rehearses;

    internal FleetOptions Options { get; }

    internal TimeSpan Elapsed => _watch.Elapsed;

    internal Rollout Rollout => _rollout;

    internal IReadOnlyList<FleetItem> AtWork => _atWork;

    /// <summary>Begins the next store, if one may begin now. One on this machine is then at work.</summary>
    /// <returns>The store; <see langword="null"/> if none may begin.</returns>
    public FleetItem? Next()
    {
        if (_rollout.Next() is not { } index)
        {
            return null;
        }

        FleetItem item = Items[index];
        item.StartedAt = DateTimeOffset.Now;
        _atWork.Add(item);
        Guard(() => _state?.Begin(index));
        if (item.Options is { } options)
        {
            item.Upgrade = StoreUpgrade.Start(item.Store, options, Rehearses);
        }

        return item;
    }

    /// <summary>Takes the result of a store on another machine.</summary>
    /// <param name="item">The store.</param>
    /// <param name="report">The JSON report of its upgrade.</param>
    /// <param name="manifest">The text of the manifest of its backup; empty if none was made.</param>
    public void Complete(FleetItem item, string report, string? manifest)
    {
        UpgradeResult upgrade = UpgradeReport.Parse(item.Target, report);
        if (manifest is { Length: > 0 } && _reportPath is { } folder && ReportLocation.IsFolder(folder))
        {
            Guard(() => ReportLocation.KeepManifest(folder, item.ComputerName!, upgrade.Backup!, manifest));
        }

        End(item, upgrade);
    }

    /// <summary>Takes the failure of a store on another machine.</summary>
    /// <param name="item">The store.</param>
    /// <param name="why">What happened, in a sentence.</param>
    /// <param name="isCancelled">Whether it was cancelled, and undone.</param>
    public void Fail(FleetItem item, string why, bool isCancelled)
    {
        Failure error = isCancelled
            ? new Failure(ErrorIds.Cancelled, $"'{item.Store}': {why}")
            : FleetStores.RemotingFailure(item.Store, why);
        End(item, new FleetResult(
            item.Path,
            item.ComputerName,
            item.TenantId,
            isCancelled ? FleetStatus.Cancelled : FleetStatus.Failed,
            item.StartedAt,
            DateTimeOffset.Now - item.StartedAt)
        {
            Error = error,
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _state?.Dispose();

    /// <summary>Takes the results of the stores on this machine that have ended.</summary>
    internal void Collect()
    {
        foreach (FleetItem item in _atWork.Where(i => i.Upgrade?.Result.IsCompleted == true).ToList())
        {
            Task<UpgradeResult> task = item.Upgrade!.Result;
            End(
                item,
                task.IsFaulted
                    ? new UpgradeResult(item.Path, item.TenantId, UpgradeStatus.Failed, item.StartedAt, DateTimeOffset.Now - item.StartedAt)
                    {
                        Error = new Failure(ErrorIds.Unexpected, $"'{item.Path}': {task.Exception!.InnerException!.Message}"),
                    }
                    : task.Result);
            item.Upgrade.Dispose();
            item.Upgrade = null;
        }
    }

    /// <summary>Waits until a store on this machine has ended, but not long.</summary>
    internal void Wait(TimeSpan time)
    {
        Task[] tasks = [.. _atWork.Where(i => i.Upgrade is not null).Select(i => i.Upgrade!.Result)];
        if (tasks.Length > 0)
        {
            _ = Task.WaitAny(tasks, time);
        }
        else if (_atWork.Count > 0)
        {
            Thread.Sleep(time);
        }
    }

    /// <summary>Begins no further store, and cancels those on this machine.</summary>
    internal void Cancel()
    {
        _rollout.Stop("It was cancelled.");
        foreach (FleetItem item in _atWork)
        {
            item.Upgrade?.Cancel();
        }
    }

    /// <summary>The results whose turn it is, each once.</summary>
    internal IReadOnlyList<FleetResult> Take()
    {
        List<FleetResult> ready = [.. _rollout.Take(i => _state!.Load(i, Items[i].Store))];
        if (_reportPath is not null)
        {
            // The report of the rollout needs little of each store: memory stays flat whatever the number of tables.
            _results.AddRange(ready.Select(Slim));
        }

        IsFinished = _rollout.IsFinished;
        return ready;
    }

    /// <summary>What there is to warn of since the last call.</summary>
    internal IReadOnlyList<string> TakeWarnings()
    {
        string[] warnings = [.. _warnings];
        _warnings.Clear();
        return warnings;
    }

    /// <summary>Writes the report of the rollout.</summary>
    /// <returns>Its path; <see langword="null"/> if none is wanted.</returns>
    /// <exception cref="PosTenancyException">It cannot be written.</exception>
    internal string? WriteReport()
    {
        if (_reportPath is null)
        {
            return null;
        }

        FleetRun run = new(_results, _startedAt, _watch.Elapsed)
        {
            Stopped = Stopped,
            IsRehearsal = Rehearses,
        };
        string path = ReportLocation.PrepareFleet(run, _reportPath);
        FleetReport.Write(run, path);
        return path;
    }

    private static FleetResult Slim(FleetResult result) => result with
    {
        Upgrade = result.Upgrade is not { } upgrade
            ? null
            : upgrade with
            {
                Plan = null,
                Rehearsal = null,
                Migration = null,
                Comparison = [],
                Isolation = [],
                Queries = [],
            },
    };

    private void End(FleetItem item, UpgradeResult upgrade) => End(item, new FleetResult(
        upgrade.Path,
        item.ComputerName,
        item.TenantId,
        LanguagePrimitives.ConvertTo<FleetStatus>(upgrade.Status.ToString()),
        item.StartedAt,
        DateTimeOffset.Now - item.StartedAt)
    {
        Upgrade = upgrade,
        Error = upgrade.Error,
    });

    private void End(FleetItem item, FleetResult result)
    {
        _ = _atWork.Remove(item);
        FleetResult ended = result;
        if (result.Upgrade is { } upgrade)
        {
            if (upgrade is { TargetRequested: true, MeetsTarget: false })
            {
                _warnings.Add(MigrationDescription.Slow(upgrade));
            }

            _warnings.AddRange((upgrade.Migration?.Warnings ?? []).Select(w => $"'{item.Store}': {w}"));
            if (_reportPath is { } folder && ReportLocation.IsFolder(folder))
            {
                Guard(() =>
                {
                    UpgradeResult written = ReportFile.Write(upgrade, folder, _written);
                    ended = result with { Upgrade = written, ReportPath = written.ReportPath };
                });
            }
        }

        Guard(() => _state?.End(item.Index, ended));
        Guard(() => _log?.Write(ended));
        _rollout.End(item.Index, ended);
    }

    /// <summary>A store that is done is not less done because it cannot be written down.</summary>
    private void Guard(Action write)
    {
        try
        {
            write();
        }
        catch (PosTenancyException exception)
        {
            _warnings.Add(exception.Message);
        }
    }
}

/// <summary>How a rollout is scheduled and written down.</summary>
internal sealed class FleetOptions
{
    public int Canary { get; set; }

    public int ThrottleLimit { get; set; } = 1;

    public FailureLimit MaxFailure { get; set; } = FailureLimit.Default;

    public bool Rehearses { get; set; }

    public string? StatePath { get; set; }

    public string? ReportPath { get; set; }

    public string? LogPath { get; set; }
}
