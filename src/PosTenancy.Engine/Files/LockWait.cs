using System.Diagnostics;

namespace PosTenancy.Engine.Files;

/// <summary>Waits for others to let go of a database.</summary>
internal static class LockWait
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Tries until it succeeds or the time is over.</summary>
    /// <param name="timeout">How long to wait for others.</param>
    /// <param name="attempt">
    /// Told how long was waited; gives <see langword="null"/> if it succeeded, and otherwise what to throw once the time is over. That
    /// another program has the file open and does not share it is waited for as well.
    /// </param>
    /// <param name="waiting">Told what is waited for, and how much longer at most.</param>
    /// <param name="cancellation">Stops the waiting.</param>
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
            waiting?.Invoke($"Waiting for {refusal.Processes ?? "another program"} to close it, {left} s more at most");
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
