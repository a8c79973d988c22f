namespace PosTenancy.Engine.Pages;

/// <summary>
/// Finds the pages of a table or index: its b-tree, and the overflow chains of payloads too long for one page. Source: "B-tree Pages" and
/// "Cell Payload Overflow Pages", sqlite.org/fileformat2.html, 1.6 and 1.7.
/// </summary>
/// <param name="pages">The file's pages.</param>
internal sealed class BTreePages(DatabasePages pages)
{
    private readonly byte[] _page = new byte[pages.Header.PageSize];
    private readonly byte[] _overflow = new byte[pages.Header.PageSize];

    /// <summary>
    /// Pages found so far. A page that is found twice is referenced twice: the file is damaged, and a walk might not end.
    /// </summary>
    private readonly PageSet _seen = new(pages.Count);

    /// <summary>Finds every page below a root, the root included.</summary>
    /// <param name="root">Number of the root page.</param>
    /// <param name="visit">Receives the number of each page, and whether it is an overflow page.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="PosTenancyException">The pages are damaged.</exception>
    public void Visit(long root, Action<long, bool> visit, CancellationToken cancellation)
    {
        Stack<long> open = new();
        open.Push(root);
        while (open.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            long number = open.Pop();
            Enter(number, _page, isOverflow: false, visit);

            int start = CellFormat.HeaderOffset(number);
            byte type = _page[start];
            bool isInterior = type is CellFormat.InteriorIndex or CellFormat.InteriorTable;
            if (!isInterior && type is not (CellFormat.LeafIndex or CellFormat.LeafTable))
            {
                throw pages.Damaged($"page {number} is not a page of a table or index");
            }

            int cells = Short(number, start + 3);
            int pointers = start + (isInterior ? 12 : 8);
            for (int i = 0; i < cells; i++)
            {
                int cell = Short(number, pointers + (2 * i));
                if (isInterior)
                {
                    open.Push(Long(number, cell));
                }

                if (type != CellFormat.InteriorTable)
                {
                    FollowOverflow(number, isInterior ? cell + 4 : cell, type == CellFormat.LeafTable, visit);
                }
            }

            if (isInterior)
            {
                open.Push(Long(number, start + 8));
            }
        }
    }

    /// <summary>Whether a page was found.</summary>
    public bool IsVisited(long page) => _seen.Contains(page);

    private void Enter(long number, byte[] page, bool isOverflow, Action<long, bool> visit)
    {
        pages.Read(number, page);
        if (!_seen.Add(number))
        {
            throw pages.Damaged($"page {number} is used twice");
        }

        visit(number, isOverflow);
    }

    /// <summary>Follows the overflow chain of a cell.</summary>
    private void FollowOverflow(long number, int cell, bool isRow, Action<long, bool> visit)
    {
        int position = cell;
        ulong length = Varint(number, ref position);
        if (isRow)
        {
            _ = Varint(number, ref position);
        }

        int local = CellFormat.LocalLength(pages.UsableSize, length, isRow);
        if (length <= (ulong)local)
        {
            return;
        }

        for (long next = Long(number, position + local); next != 0; next = DatabaseHeader.BigEndian(_overflow, 0))
        {
            Enter(next, _overflow, isOverflow: true, visit);
        }
    }

    private int Short(long number, int offset) => (At(number, offset, 2) << 8) | _page[offset + 1];

    private uint Long(long number, int offset)
    {
        _ = At(number, offset, 4);
        return DatabaseHeader.BigEndian(_page, offset);
    }

    private ulong Varint(long number, ref int offset) =>
        CellFormat.TryReadVarint(_page, ref offset, _page.Length, out ulong value) ? value : throw PastEnd(number);

    private byte At(long number, int offset, int length) =>
        offset >= 0 && offset + length <= _page.Length ? _page[offset] : throw PastEnd(number);

    private PosTenancyException PastEnd(long number) => pages.Damaged($"page {number} has a pointer past its end");
}
