namespace PosTenancy.Tests.Faults;

/// <summary>A few of many, the same ones every time, and some of every sort.</summary>
internal static class EvenChoice
{
    /// <summary>
    /// Goes round the sorts, and takes from each its next variant, the one in the middle of those that are left; the order of what was
    /// given is kept.
    /// </summary>
    /// <param name="all">What there is.</param>
    /// <param name="count">How many are wanted.</param>
    /// <param name="sort">What there must be some of, each.</param>
    /// <param name="variant">What should differ from one to the next.</param>
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
