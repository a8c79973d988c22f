using PosTenancy.Engine.Files;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Migration;

namespace PosTenancy.Engine.Fleet;

/// <summary>The upgrade of one store on this machine, at work beside others.</summary>
public sealed class StoreUpgrade : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource _cancellation = new();
    private volatile StageProgress? _progress;

    private StoreUpgrade(FleetStore store, UpgradeOptions options, bool rehearses) =>
        Result = Task.Factory.StartNew(
            () => Run(store, options, rehearses),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

    /// <summary>Its last report; <see langword="null"/> before the first one.</summary>
    public StageProgress? Progress => _progress;

    /// <summary>Its result, whatever happens; a defect is an exception.</summary>
    public Task<UpgradeResult> Result { get; }

    /// <summary>Begins an upgrade, or the test of one.</summary>
    /// <param name="store">The store.</param>
    /// <param name="options">What to do.</param>
    /// <param name="rehearses">Whether to test the upgrade on a copy and change nothing.</param>
    public static StoreUpgrade Start(FleetStore store, UpgradeOptions options, bool rehearses) => new(store, options, rehearses);

    /// <summary>Cancels it; what was begun is undone, and the result says what the database is.</summary>
    public void Cancel() => _cancellation.Cancel();

    /// <inheritdoc/>
    public void Dispose() => _cancellation.Dispose();

    private UpgradeResult Run(FleetStore store, UpgradeOptions options, bool rehearses)
    {
        DateTimeOffset startedAt = DateTimeOffset.Now;
        try
        {
            // A run that an earlier rollout began may still be at work: then its end is waited for, and this one finds it done.
            while (!rehearses && JournalFile.IsHeld(FilePath.Full(store.Path)) && !_cancellation.IsCancellationRequested)
            {
                _ = _cancellation.Token.WaitHandle.WaitOne(Pause);
            }

            Latest progress = new(this);
            return rehearses
                ? UpgradeTest.Run(store.Path, options, progress, _cancellation.Token)
                : GuardedUpgrade.Run(store.Path, options, progress, _cancellation.Token);
        }
        catch (PosTenancyException exception)
        {
            return GuardedUpgrade.Refused(store.Path, store.TenantId, startedAt, exception);
        }
        catch (OperationCanceledException)
        {
            return new UpgradeResult(store.Path, store.TenantId, UpgradeStatus.Cancelled, startedAt, DateTimeOffset.Now - startedAt)
            {
                Error = new Failure(ErrorIds.Cancelled, $"Cancelled. '{store.Path}' was only read."),
            };
        }
    }

    private sealed class Latest(StoreUpgrade upgrade) : IProgress<StageProgress>
    {
        public void Report(StageProgress value) => upgrade._progress = value;
    }
}
