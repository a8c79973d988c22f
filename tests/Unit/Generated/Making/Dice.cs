namespace PosTenancy.Tests.Generated.Making;

/// <summary>
/// Choices that one number determines. A schema refers to itself (a foreign key to a key, a trigger to a table made later), so it is
/// written like a story and not composed of independent generators; FsCheck chooses the number.
/// </summary>
internal sealed class Dice(int seed)
{
    private readonly Random _random = new(seed);

    public int Between(int least, int most) => _random.Next(least, most + 1);

    public bool Chance(int percent) => _random.Next(100) < percent;

    public T Pick<T>(params ReadOnlySpan<T> choices) => choices[_random.Next(choices.Length)];

    public T PickFrom<T>(IReadOnlyList<T> choices) => choices[_random.Next(choices.Count)];

    /// <summary>Some of them, in any order, each at most once.</summary>
    public List<T> Some<T>(IEnumerable<T> choices, int least, int most)
    {
        T[] all = [.. choices];
        _random.Shuffle(all);
        return [.. all.Take(Math.Min(all.Length, Between(least, most)))];
    }

    /// <summary>The text, or nothing.</summary>
    public string Maybe(int percent, string text) => Chance(percent) ? text : "";
}
