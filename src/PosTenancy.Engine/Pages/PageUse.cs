namespace PosTenancy.Engine.Pages;

/// <summary>
/// Proves that each page of a file has exactly one use: in one table or index, on the freelist, or as the lock page. SQLite's check of
/// single tables does not see a page that is used twice or never.
/// </summary>
internal static class PageUse
{
    /// <summary>Whether every page is used exactly once. A file with pointer maps is not judged.</summary>
    /// <param name="pages">The file.</param>
    /// <param name="roots">Root pages of all tables and indexes but the schema's, which is page 1.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public static bool IsExact(DatabasePages pages, IEnumerable<long> roots, CancellationToken cancellation)
    {
        if (pages.Header.HasPointerMap || pages.Header.PageCount != pages.Count)
        {
            return false;
        }

        long used = pages.LockPage <= pages.Count ? 1 : 0;
        BTreePages trees = new(pages);
        try
        {
            foreach (long root in roots.Prepend(1))
            {
                trees.Visit(root, (_, _) => used++, cancellation);
            }

            long free = 0;
            Freelist.Visit(pages, page => free += trees.IsVisited(page) ? throw pages.Damaged($"page {page} is used and free") : 1);
            return free == pages.Header.FreePageCount && used + free == pages.Count;
        }
        catch (PosTenancyException exception) when (exception.ErrorId == ErrorIds.DatabaseCorrupt)
        {
            return false;
        }
    }
}
