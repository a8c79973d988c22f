namespace PosTenancy.Engine.Text;

/// <summary>Names the first few items of a list and counts the rest.</summary>
internal static class ShortList
{
    /// <summary>The items in one line, such as <c>a, b and 3 more</c>.</summary>
    /// <param name="items">Items to name.</param>
    /// <param name="most">Maximum number of items named.</param>
    /// <param name="more">Words after the number of remaining items.</param>
    /// <param name="separator">Text between two items.</param>
    /// <param name="last">Text before the number of remaining items.</param>
    public static string Join(
        IReadOnlyCollection<string> items, int most, string more = "more", string separator = ", ", string last = " and ") =>
        string.Join(separator, items.Take(most)) + (items.Count > most ? $"{last}{items.Count - most} {more}" : "");
}
