namespace PosTenancy.Engine.Text;

/// <summary>Names the first few items of a list, and counts the rest.</summary>
internal static class ShortList
{
    /// <summary>The items in one line, such as <c>a, b and 3 more</c>.</summary>
    /// <param name="items">The items.</param>
    /// <param name="most">How many are named.</param>
    /// <param name="more">What the rest is called.</param>
    /// <param name="separator">What stands between two items.</param>
    /// <param name="last">What stands before the count of the rest.</param>
    public static string Join(
        IReadOnlyCollection<string> items, int most, string more = "more", string separator = ", ", string last = " and ") =>
        string.Join(separator, items.Take(most)) + (items.Count > most ? $"{last}{items.Count - most} {more}" : "");
}
