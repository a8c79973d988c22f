namespace PosTenancy.Postgres.Planning;

/// <summary>The order in which rows can be written: parents of foreign keys before their children.</summary>
internal static class TableOrder
{
    /// <summary>Sorts tables; those in a cycle keep their order.</summary>
    public static IReadOnlyList<TargetTable> ParentsFirst(IReadOnlyList<TargetTable> tables)
    {
        List<TargetTable> sorted = [];
        List<TargetTable> waiting = [.. tables.OrderBy(t => t.IsShared ? 0 : 1)];
        while (waiting.Count > 0)
        {
            TargetTable next = waiting.Find(t => Parents(t).All(p => sorted.Exists(s => s.Name == p))) ?? waiting[0];
            sorted.Add(next);
            _ = waiting.Remove(next);
        }

        return sorted;
    }

    /// <summary>The foreign keys that a row may violate until all tables are written, because their tables reference each other.</summary>
    public static IEnumerable<(TargetTable Table, TargetForeignKey Key)> InCycles(IReadOnlyList<TargetTable> sorted)
    {
        for (int i = 0; i < sorted.Count; i++)
        {
            foreach (TargetForeignKey key in sorted[i].ForeignKeys.Where(k => sorted.Skip(i + 1).Any(t => t.Name == k.Parent.Name)))
            {
                yield return (sorted[i], key);
            }
        }
    }

    private static IEnumerable<string> Parents(TargetTable table) =>
        table.ForeignKeys.Select(k => k.Parent.Name).Where(p => p != table.Name);
}
