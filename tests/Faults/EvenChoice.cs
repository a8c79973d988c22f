namespace PosTenancy.Tests.Faults;

/// <summary>Selects a few items evenly: the same ones every time, and some of every kind.</summary>
internal static class EvenChoice
{
    /// <summary>
    /// Visits the kinds in turn and takes from each the middle item of its next variant; keeps the original order.
    /// </summary>
    /// <param name="all">Items to select from.</param>
    /// <param name="count">Number of items to select.</param>
    /// <param name="sort">Kind of an item; each kind is represented.</param>
    /// <param name="variant">Variant of an item within its kind; consecutive items differ in it.</param>
    public static IReadOnlyList<T> From<T>(IReadOnlyList<T> all, int count, Func<T, object> sort, Func<T, object> variant)
        where T : notnull
    {
        List<List<List<T>>> sorts = [.. all.GroupBy(sort).Select(s => s.GroupBy(variant).Select(v => v.ToList()).ToList())];
        HashSet<T> chosen = [];
        for (int round = 0; chosen.Count < count && sorts.Count > 0; round++)
        {
            int room = Math.Min(count - chosen.Count, sorts.Count);
            for (int n = 0; n < room; n++)
            {
                int index = n * sorts.Count / room;
                List<List<T>> variants = sorts[index];
                List<T> next = variants[(round + index) % variants.Count];
                chosen.Add(next[next.Count / 2]);
                next.RemoveAt(next.Count / 2);
                variants.RemoveAll(v => v.Count == 0);
            }

            sorts.RemoveAll(s => s.Count == 0);
        }

        return [.. all.Where(chosen.Contains)];
    }
}
