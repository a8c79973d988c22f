using System.Diagnostics;

namespace PosTenancy.Engine.Files;

/// <summary>
/// On Windows an open handle prevents others from renaming, replacing or deleting a file, and a virus scanner briefly opens each new file.
/// Such operations are therefore retried for a short time.
/// </summary>
internal static class MomentaryHold
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    /// <summary>Runs repeatable file work; rethrows the error if it still fails when the time is up.</summary>
    public static void Outlast(Action work)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                work();
                return;
            }
            catch (Exception exception) when (MayPass(exception) && waited.Elapsed < Patience)
            {
                Thread.Sleep(Pause);
            }
        }
    }

    /// <summary>Whether a retry may help. A file that another program has opened for deletion reports "access denied".</summary>
    private static bool MayPass(Exception exception) =>
        FileErrors.IsHeldByAnother(exception) || (exception is UnauthorizedAccessException && !Unix.IsAvailable);
}
