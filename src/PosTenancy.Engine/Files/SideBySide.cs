namespace PosTenancy.Engine.Files;

/// <summary>Two pieces of work at the same time.</summary>
internal static class SideBySide
{
    /// <summary>Does one piece of work on another thread and one on this thread, and waits for both, even if one fails.</summary>
    public static (TFirst First, TSecond Second) Run<TFirst, TSecond>(Func<TFirst> onAnother, Func<TSecond> here)
    {
        Task<TFirst> other = Task.Run(onAnother, CancellationToken.None);
        TSecond second;
        try
        {
            second = here();
        }
        finally
        {
            // What it uses may be closed after this.
            _ = Task.WhenAny(other).GetAwaiter().GetResult();
        }

        return (other.GetAwaiter().GetResult(), second);
    }
}
