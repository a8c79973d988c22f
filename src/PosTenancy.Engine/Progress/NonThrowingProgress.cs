namespace PosTenancy.Engine.Progress;

/// <summary>
/// Reports progress of work that must finish, such as rolling back a migration: an exception in the listener does not stop the work, and
/// the
/// listener receives nothing further.
/// </summary>
internal sealed class NonThrowingProgress(IProgress<StageProgress>? listener) : IProgress<StageProgress>
{
    private IProgress<StageProgress>? _listener = listener;

    public void Report(StageProgress value)
    {
        try
        {
            _listener?.Report(value);
        }
        catch (Exception)
        {
            _listener = null;
        }
    }
}
