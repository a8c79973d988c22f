namespace PosTenancy.Tests.Support;

/// <summary>Receives the engine's reports on its own thread, at the moment they are made.</summary>
internal sealed class Observer(Action<StageProgress> onReport) : IProgress<StageProgress>
{
    public void Report(StageProgress value) => onReport(value);
}
