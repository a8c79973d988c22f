namespace PosTenancy.Tests.Generated.Making;

/// <summary>
/// Choices determined by one seed. A schema refers to itself (a foreign key to a key, a trigger to a later table), so it is generated
/// sequentially instead of composed from independent generators; FsCheck chooses the seed.
/// </summary>
internal sealed class Dice(int seed)
{
    private readonly Random _random = new(seed);

    public int Between(int least, int most) => _random.Next(least, most + 1);

    public bool Chance(int percent) => _random.Next(100) < percent;

    public T Pick<T>(params ReadOnlySpan<T> choices) => choices[_random.Next(choices.Length)];

    public T PickFrom<T>(IReadOnlyList<T> choices) => choices[_random.Next(choices.Count)];

    /// <summary>Some of the items, in any order, each at most once.</summary>
    public List<T> Some<T>(IEnumerable<T> choices, int least, int most)
    {
        T[] all = [.. choices];
        _random.Shuffle(all);
        return [.. all.Take(Math.Min(all.Length, Between(least, most)))];
    }

    /// <summary>The text, or an empty one.</summary>
    public string Maybe(int percent, string text) => Chance(percent) ? text : "";
}
