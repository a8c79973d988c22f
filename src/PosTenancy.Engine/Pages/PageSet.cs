namespace PosTenancy.Engine.Pages;

/// <summary>A set of page numbers: one bit per page, so that 1 TiB takes 32 MiB at 4,096 bytes a page.</summary>
internal sealed class PageSet(long pageCount)
{
    private readonly ulong[] _bits = new ulong[(pageCount / 64) + 1];

    /// <summary>Number of pages in the database, numbered from 1.</summary>
    public long PageCount => pageCount;

    /// <summary>Number of pages in the set.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a page.</summary>
    /// <returns>Whether it was not in the set before.</returns>
    public bool Add(long page)
    {
        ref ulong word = ref _bits[page / 64];
        ulong bit = 1UL << (int)(page % 64);
        if ((word & bit) != 0)
        {
            return false;
        }

        word |= bit;
        Count++;
        return true;
    }

    /// <summary>Whether a page is in the set.</summary>
    public bool Contains(long page) => (_bits[page / 64] & (1UL << (int)(page % 64))) != 0;

    /// <summary>The pages in ascending order.</summary>
    public IEnumerable<long> Pages()
    {
        for (long word = 0; word < _bits.LongLength; word++)
        {
            for (int bit = 0; _bits[word] >> bit != 0; bit++)
            {
                if ((_bits[word] & (1UL << bit)) != 0)
                {
                    yield return (word * 64) + bit;
                }

                if (bit == 63)
                {
                    break;
                }
            }
        }
    }
}
