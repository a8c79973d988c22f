namespace PosTenancy.Engine.Tenants;

/// <summary>Integers as ranges in ascending order, at most as many as a fixed number: memory does not grow with the keys.</summary>
internal sealed class KeyRanges
{
    /// <summary>From here on the two ranges with the smallest gap become one, which then has more keys than were added.</summary>
    private const int MaxRanges = 1 << 16;

    private readonly List<(long First, long Last)> _ranges = [];

    /// <summary>The ranges.</summary>
    public IReadOnlyList<(long First, long Last)> Ranges => _ranges;

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => _ranges.Count == 0;

    /// <summary>The lowest key.</summary>
    public long First => _ranges[0].First;

    /// <summary>The highest key.</summary>
    public long Last => _ranges[_ranges.Count - 1].Last;

    /// <summary>Adds keys in any order.</summary>
    public static KeyRanges From(IEnumerable<long> keys)
    {
        KeyRanges ranges = new();
        foreach (long key in keys)
        {
            ranges.Add(key, key);
        }

        return ranges;
    }

    /// <summary>Whether a key is in one of them.</summary>
    public bool Contains(long key)
    {
        int place = Place(key);
        return place < _ranges.Count && _ranges[place].First <= key;
    }

    /// <summary>Adds a range.</summary>
    public void Add(long first, long last)
    {
        int place = Place(first == long.MinValue ? first : first - 1);
        int end = place;
        while (end < _ranges.Count && (last == long.MaxValue || _ranges[end].First <= last + 1))
        {
            (first, last) = (Math.Min(first, _ranges[end].First), Math.Max(last, _ranges[end].Last));
            end++;
        }

        if (end == place)
        {
            _ranges.Insert(place, (first, last));
        }
        else
        {
            _ranges[place] = (first, last);
            _ranges.RemoveRange(place + 1, end - place - 1);
        }

        if (_ranges.Count > MaxRanges)
        {
            Halve();
        }
    }

    /// <summary>The first range that does not end before a key.</summary>
    private int Place(long key)
    {
        // Keys mostly come in ascending order.
        if (_ranges.Count == 0 || _ranges[_ranges.Count - 1].Last < key)
        {
            return _ranges.Count;
        }

        (int low, int high) = (0, _ranges.Count - 1);
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = _ranges[middle].Last < key ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>Closes the smaller half of the gaps, so that this is rarely needed.</summary>
    private void Halve()
    {
        ulong[] gaps = [.. _ranges.Skip(1).Select((r, i) => unchecked((ulong)(r.First - _ranges[i].Last)))];
        Array.Sort(gaps);
        ulong limit = gaps[gaps.Length / 2];
        List<(long First, long Last)> kept = [_ranges[0]];
        foreach ((long first, long last) in _ranges.Skip(1))
        {
            (long First, long Last) before = kept[kept.Count - 1];
            if (unchecked((ulong)(first - before.Last)) <= limit)
            {
                kept[kept.Count - 1] = (before.First, last);
            }
            else
            {
                kept.Add((first, last));
            }
        }

        _ranges.Clear();
        _ranges.AddRange(kept);
    }
}
