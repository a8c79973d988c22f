namespace PosTenancy.Engine.Progress;

/// <summary>
/// Tells a listener of work that must come to its end, such as taking a migration back: a listener that fails does not stop it, and is told
/// nothing more.
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
