namespace PosTenancy.Engine.Pages;

/// <summary>
/// Whether two states of a b-tree have the same rows, byte for byte and in the same order, apart from rows that may go or come.
/// </summary>
/// <param name="Rows">Number of rows that are the same; those on unchanged pages are not counted.</param>
/// <param name="Growth">How many more rows the later state has.</param>
/// <param name="Problem">The first row that must not differ and does; <see langword="null"/> if there is none.</param>
internal sealed record TreeComparison(long Rows, long Growth, string? Problem)
{
    /// <summary>Compares two states.</summary>
    /// <param name="before">The earlier file, and the root of the b-tree there.</param>
    /// <param name="after">The later file, and the root of the b-tree there.</param>
    /// <param name="different">The pages of the earlier file that differ in the later one, so that the rows on others need not be read;
    /// <see langword="null"/> to read every row.</param>
    /// <param name="mayGo">Whether a row of the earlier state may be missing or changed in the later one.</param>
    /// <param name="mayCome">Whether a row of the later state may be missing or different in the earlier one.</param>
    /// <param name="cancellation">Cancels between two pages.</param>
    /// <exception cref="PosTenancyException">The pages are damaged.</exception>
    public static TreeComparison Run(
        TreePlace before,
        TreePlace after,
        PageSet? different,
        Func<BTreeCells, bool> mayGo,
        Func<BTreeCells, bool> mayCome,
        CancellationToken cancellation)
    {
        if (different is null)
        {
            return Compare(before, after, _ => true, _ => true, mayGo, mayCome, cancellation);
        }

        // A page with the same bytes has the same rows, as long as both states of the b-tree have it.
        PageSet oldKept = new(before.Pages.Count);
        PageSet newKept = new(before.Pages.Count);
        TreeComparison compared = Compare(before, after, IsRead(oldKept), IsRead(newKept), mayGo, mayCome, cancellation);
        long[] moved = [.. oldKept.Pages().Where(p => !newKept.Contains(p)), .. newKept.Pages().Where(p => !oldKept.Contains(p))];
        if (moved.Length == 0)
        {
            return compared;
        }

        // One state has them elsewhere, or on the list of free pages, which keep their bytes: their rows have to be read.
        HashSet<long> read = [.. moved];
        return Compare(before, after, IsReadNow, IsReadNow, mayGo, mayCome, cancellation);

        bool IsReadNow(long page) => read.Contains(page) || IsDifferent(page);

        bool IsDifferent(long page) => page > before.Pages.Count || different.Contains(page);

        Func<long, bool> IsRead(PageSet kept) => page =>
        {
            if (IsDifferent(page))
            {
                return true;
            }

            kept.Add(page);
            return false;
        };
    }

    private static TreeComparison Compare(
        TreePlace before,
        TreePlace after,
        Func<long, bool> isReadBefore,
        Func<long, bool> isReadAfter,
        Func<BTreeCells, bool> mayGo,
        Func<BTreeCells, bool> mayCome,
        CancellationToken cancellation)
    {
        BTreeCells old = new(before.Pages, before.Root, isReadBefore);
        BTreeCells now = new(after.Pages, after.Root, isReadAfter);
        (long same, long growth) = (0, 0);
        bool hasOld = old.Read(cancellation);
        bool hasNew = now.Read(cancellation);
        while (hasOld || hasNew)
        {
            int order = !hasOld ? 1 : !hasNew ? -1 : old.HasRowId ? old.RowId.CompareTo(now.RowId) : 0;
            if (order == 0 && old.Payload.AsSpan().SequenceEqual(now.Payload.AsSpan()))
            {
                same++;
                hasOld = old.Read(cancellation);
                hasNew = now.Read(cancellation);
            }
            else if (order >= 0 && mayCome(now))
            {
                // Without a rowid, the order of two different rows is unknown: whichever may differ is passed over.
                growth++;
                hasNew = now.Read(cancellation);
            }
            else if (order <= 0 && mayGo(old))
            {
                growth--;
                hasOld = old.Read(cancellation);
            }
            else
            {
                string problem = order > 0 ? $"{Name(now, same)} is new" : $"{Name(old, same)} is gone or changed";

                // To the end: the caller has to know every page of both states.
                while (old.Read(cancellation) || now.Read(cancellation))
                {
                }

                return new TreeComparison(same, growth, problem);
            }
        }

        return new TreeComparison(same, growth, Problem: null);

        static string Name(BTreeCells cells, long same) => cells.HasRowId ? $"the row {cells.RowId}" : $"the row after {same} equal ones";
    }
}

/// <summary>A b-tree in a file.</summary>
/// <param name="Pages">The file.</param>
/// <param name="Root">Root page of the b-tree.</param>
internal readonly record struct TreePlace(DatabasePages Pages, long Root);
