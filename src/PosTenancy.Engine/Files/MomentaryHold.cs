using System.Diagnostics;

namespace PosTenancy.Engine.Files;

/// <summary>
/// On Windows a program that has a file open keeps others from renaming, replacing or deleting it, and a virus scanner opens each new file
/// for a moment. So these are tried again for a short time before they fail.
/// </summary>
internal static class MomentaryHold
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    /// <summary>Runs file work that can be repeated; what still fails after the time is thrown.</summary>
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

    /// <summary>A file that another program has opened for deletion answers "access denied".</summary>
    private static bool MayPass(Exception exception) =>
        FileErrors.IsHeldByAnother(exception) || (exception is UnauthorizedAccessException && !Unix.IsAvailable);
}
