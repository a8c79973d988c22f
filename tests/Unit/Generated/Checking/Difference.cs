namespace PosTenancy.Tests.Generated.Checking;

/// <summary>A migration changed something that it must not change.</summary>
internal sealed class Difference(string message) : Exception(message)
{
    public static void Unless(bool holds, string message)
    {
        if (!holds)
        {
            throw new Difference(message);
        }
    }

    /// <summary>Compares two lists of lines and reports those that only one contains.</summary>
    public static void Unless(string what, IReadOnlyList<string> before, IReadOnlyList<string> after)
    {
        if (!before.SequenceEqual(after, StringComparer.Ordinal))
        {
            IEnumerable<string> lost = before.Except(after, StringComparer.Ordinal).Take(5).Select(l => "- " + l);
            IEnumerable<string> gained = after.Except(before, StringComparer.Ordinal).Take(5).Select(l => "+ " + l);
            throw new Difference($"{what}: {before.Count} lines before, {after.Count} after\n{string.Join('\n', lost.Concat(gained))}");
        }
    }
}
