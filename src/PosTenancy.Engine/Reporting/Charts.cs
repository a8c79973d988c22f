namespace PosTenancy.Engine.Reporting;

/// <summary>The charts of a report, each beside its figures. A value that was not measured has no bar.</summary>
internal static class Charts
{
    /// <summary>Maximum number of bars: the longest are shown separately and the others combined.</summary>
    private const int MaxBars = 12;

    /// <summary>Rows by tenant and by table.</summary>
    public static IEnumerable<Block> Rows(IReadOnlyList<TenantDistribution> distribution)
    {
        List<TenantDistribution> owned = [.. distribution.Where(d => d.Rows > 0)];
        if (owned.Count == 0)
        {
            yield break;
        }

        yield return new Chart(
            "Rows per tenant",
            "Tenant",
            "Rows",
            Longest("tenants", owned.GroupBy(Labels.Owner, d => d.Rows, StringComparer.Ordinal)));
        yield return new Chart(
            "Rows per table",
            "Table",
            "Rows",
            Longest("tables", owned.GroupBy(d => d.Table, d => d.Rows, StringComparer.Ordinal)));
    }

    /// <summary>Sizes of the database before and after, and of its backup.</summary>
    public static IEnumerable<Block> Sizes(UpgradeResult result)
    {
        long? before = result.Migration?.SizeBefore ?? result.Before?.Length;
        long? after = result.Migration?.SizeAfter;
        if (before is null)
        {
            yield break;
        }

        yield return new Chart("Size", "File", "Size",
        [
            .. Bar("Database before", before),
            .. Bar(result.IsOfLiveFile() ? "Database after" : "Database, rolled back", after),
            .. Bar("Backup", result.Backup?.Length),
        ]);

        static IEnumerable<Bar> Bar(string label, long? bytes) => bytes is { } size ? [new Bar(label, size, Figures.Bytes(size))] : [];
    }

    /// <summary>Durations of the stages.</summary>
    public static IEnumerable<Block> Times(UpgradeResult result)
    {
        if (result.Stages.Count > 0)
        {
            yield return new Chart("Time per stage", "Stage", "Time",
            [
                .. result.Stages.Select(s => Bar(Labels.For(s.Stage), s.Duration)),
                Bar("Everything", result.Duration),
            ]);
        }

        static Bar Bar(string label, TimeSpan time) => new(label, time.TotalSeconds, Figures.Duration(time));
    }

    private static IReadOnlyList<Bar> Longest(string what, IEnumerable<IGrouping<string, long>> rows)
    {
        List<(string Label, long Rows)> sorted =
        [
            .. rows.Select(g => (g.Key, g.Sum())).OrderByDescending(r => r.Item2).ThenBy(r => r.Key, StringComparer.Ordinal),
        ];
        int shown = sorted.Count <= MaxBars ? sorted.Count : MaxBars - 1;
        IEnumerable<(string Label, long Rows)> rest = shown == sorted.Count
            ? []
            : [($"{Figures.Count(sorted.Count - shown)} other {what}", sorted.Skip(shown).Sum(r => r.Rows))];
        return [.. sorted.Take(shown).Concat(rest).Select(r => new Bar(r.Label, r.Rows, Figures.Count(r.Rows)))];
    }
}
