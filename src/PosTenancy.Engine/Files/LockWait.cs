using System.Diagnostics;

namespace PosTenancy.Engine.Files;

/// <summary>Waits for other programs to release a database.</summary>
internal static class LockWait
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Retries until an attempt succeeds or the timeout expires.</summary>
    /// <param name="timeout">How long to wait for other programs.</param>
    /// <param name="attempt">
    /// Receives the time waited so far. Returns <see langword="null"/> on success, otherwise the exception to throw once the timeout
    /// expires. A
    /// file that another program has open without sharing it is waited for as well.
    /// </param>
    /// <param name="waiting">Receives what is being waited for and the longest remaining wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    public static void Until(
        TimeSpan timeout, Func<TimeSpan, PosTenancyException?> attempt, Action<string>? waiting, CancellationToken cancellation)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (Try() is { } refusal)
        {
            if (waited.Elapsed >= timeout)
            {
                throw refusal;
            }

            double left = Math.Ceiling((timeout - waited.Elapsed).TotalSeconds);
            waiting?.Invoke($"Waiting for {refusal.Processes ?? "another program"} to close it, at most {left} s more");
            cancellation.WaitHandle.WaitOne(Pause);
            cancellation.ThrowIfCancellationRequested();
        }

        PosTenancyException? Try()
        {
            try
            {
                return attempt(waited.Elapsed);
            }
            catch (PosTenancyException exception) when (FileErrors.IsHeldByAnother(exception.InnerException))
            {
                return exception;
            }
        }
    }
}
