namespace PosTenancy.Tests.Postgres.Support;

/// <summary>Does something each time an activity is reported.</summary>
internal sealed class Each(string activity, Action<string?> act) : IProgress<StageProgress>
{
    public void Report(StageProgress value)
    {
        if (value.Activity == activity)
        {
            act(value.Item);
        }
    }
}
