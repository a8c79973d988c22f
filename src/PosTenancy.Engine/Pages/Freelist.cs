namespace PosTenancy.Engine.Pages;

/// <summary>
/// The pages that are in the file and in no use. Source: "The Freelist", sqlite.org/fileformat2.html, 1.5: a chain of trunk pages, which
/// list leaf pages.
/// </summary>
internal static class Freelist
{
    /// <summary>Visits each page of the list once, trunks and leaves.</summary>
    /// <exception cref="PosTenancyException">The list is damaged.</exception>
    public static void Visit(DatabasePages pages, Action<long> visit)
    {
        PageSet free = new(pages.Count);
        byte[] page = new byte[pages.Header.PageSize];
        for (long trunk = pages.Header.FirstFreePage; trunk != 0; trunk = DatabaseHeader.BigEndian(page, 0))
        {
            pages.Read(trunk, page);
            uint count = DatabaseHeader.BigEndian(page, 4);
            if (!free.Add(trunk) || count > (pages.UsableSize / 4) - 2)
            {
                throw pages.Damaged($"the freelist is corrupt on page {trunk}");
            }

            visit(trunk);
            for (int i = 0; i < count; i++)
            {
                long leaf = DatabaseHeader.BigEndian(page, 8 + (4 * i));
                if (leaf < 1 || leaf > pages.Count || !free.Add(leaf))
                {
                    throw pages.Damaged($"the freelist names page {leaf}, which does not exist or is named twice");
                }

                visit(leaf);
            }
        }
    }
}
