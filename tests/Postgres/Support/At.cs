namespace PosTenancy.Tests.Postgres.Support;

/// <summary>Does something when an activity is first reported.</summary>
internal sealed class At(string activity, Action act) : IProgress<StageProgress>
{
    private bool _isDone;

    public void Report(StageProgress value)
    {
        if (value.Activity == activity && !_isDone)
        {
            _isDone = true;
            act();
        }
    }
}
