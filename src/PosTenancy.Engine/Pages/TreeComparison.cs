namespace PosTenancy.Engine.Pages;

/// <summary>
/// Whether every row of a b-tree is, byte for byte and in the same order, in a later state of that b-tree, which may have further rows.
/// </summary>
/// <param name="Rows">Number of rows of the earlier state that were compared; those on unchanged pages are not.</param>
/// <param name="Added">Number of further rows.</param>
/// <param name="Problem">The first row that is missing; <see langword="null"/> if none is.</param>
internal sealed record TreeComparison(long Rows, long Added, string? Problem)
{
    /// <summary>Compares two states.</summary>
    /// <param name="before">The earlier file.</param>
    /// <param name="oldRoot">Root of the b-tree there.</param>
    /// <param name="after">The later file.</param>
    /// <param name="newRoot">Root of the b-tree there.</param>
    /// <param name="different">The pages of the earlier file that differ in the later one, so that the rows on others need not be read;
    /// <see langword="null"/> to read every row.</param>
    /// <param name="cancellation">Cancels between two pages.</param>
    /// <exception cref="PosTenancyException">The pages are damaged.</exception>
    public static TreeComparison Run(
        DatabasePages before, long oldRoot, DatabasePages after, long newRoot, PageSet? different, CancellationToken cancellation)
    {
        // A page with the same bytes has the same rows, as long as both states of the b-tree have it.
        PageSet oldKept = new(before.Count);
        PageSet newKept = new(before.Count);
        BTreeCells old = new(before, oldRoot, page => IsRead(page, oldKept));
        BTreeCells now = new(after, newRoot, page => IsRead(page, newKept));
        (long rows, long added) = (0, 0);
        while (old.Read(cancellation))
        {
            rows++;
            bool isFound = false;
            while (!isFound && now.Read(cancellation))
            {
                isFound = old.RowId == now.RowId && old.Payload.AsSpan().SequenceEqual(now.Payload.AsSpan());
                if (!isFound && old.HasRowId && now.RowId >= old.RowId)
                {
                    break;
                }

                added += isFound ? 0 : 1;
            }

            if (!isFound)
            {
                string row = old.HasRowId ? $"the row {old.RowId}" : $"row {rows}";
                return new TreeComparison(rows, added, $"{row} is gone or changed");
            }
        }

        while (now.Read(cancellation))
        {
            added++;
        }

        foreach (long page in oldKept.Pages())
        {
            if (!newKept.Contains(page))
            {
                return new TreeComparison(rows, added, $"the rows of page {page} are gone");
            }
        }

        return new TreeComparison(rows, added, Problem: null);

        bool IsRead(long page, PageSet kept)
        {
            if (different is null || page > before.Count || different.Contains(page))
            {
                return true;
            }

            kept.Add(page);
            return false;
        }
    }
}
