namespace PosTenancy.Tests.Faults.Victim;

/// <summary>Says on the error stream that a stage begins; what is traced then has this line among its calls.</summary>
internal sealed class StageLines : IProgress<StageProgress>
{
    private Stage? _last;

    public void Report(StageProgress value)
    {
        if (value.Stage != _last)
        {
            _last = value.Stage;
            Console.Error.WriteLine($"stage {value.Stage}");
        }
    }
}
