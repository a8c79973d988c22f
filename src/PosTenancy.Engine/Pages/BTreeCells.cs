namespace PosTenancy.Engine.Pages;

/// <summary>
/// Reads the rows of one b-tree in key order: those of a table, or of the index b-tree that is a table WITHOUT ROWID, whose interior pages
/// have rows too. Memory use depends on the longest row, not on the number of rows. The file is untrusted: damage is an error, never an
/// endless walk or a huge allocation. Source: sqlite.org/fileformat2.html, 1.6 and 1.7.
/// </summary>
internal sealed class BTreeCells
{
    /// <summary>The longest row that SQLite reads, unless it is built otherwise (sqlite.org/limits.html, SQLITE_MAX_LENGTH).</summary>
    public const int MaxPayload = 1_000_000_000;

    /// <summary>The deepest b-tree that SQLite walks (BTCURSOR_MAX_DEPTH).</summary>
    private const int MaxDepth = 20;

    /// <summary>The least that a cell takes on its page, so that it can become a free block when it is deleted.</summary>
    private const int MinCell = 4;

    private readonly DatabasePages _pages;
    private readonly Func<long, bool>? _isWanted;
    private readonly int _maxPayload;
    private readonly PageSet _seen;
    private readonly List<Level> _levels = [];
    private readonly byte[] _overflow;
    private readonly long _root;
    private int _depth = -1;
    private int _leafDepth = -1;
    private bool _isStarted;

    private byte[] _cellPage = [];
    private int _cellStart;
    private int _local;
    private byte[] _payload = [];
    private int _loaded;
    private long _nextOverflow;

    /// <summary>Prepares the reading of a b-tree; nothing is read yet.</summary>
    /// <param name="pages">The file, which must not be written meanwhile.</param>
    /// <param name="root">Number of the root page.</param>
    /// <param name="isWanted">
    /// Asked for each page that has rows; <see langword="false"/> passes over the rows on that page, not over the pages below it. Once the
    /// depth of the tree is known, an unwanted leaf page is not read at all. A row's overflow pages are not asked for. They may have
    /// changed although the page of its cell did not: SQLite overwrites a value of the same length in place.
    /// </param>
    /// <param name="maxPayload">Bytes of the longest row; a longer one is taken for damage.</param>
    public BTreeCells(DatabasePages pages, long root, Func<long, bool>? isWanted = null, int maxPayload = MaxPayload)
    {
        _pages = pages;
        _root = root;
        _isWanted = isWanted;
        _maxPayload = maxPayload;
        _seen = new PageSet(pages.Count);
        _overflow = new byte[pages.Header.PageSize];
    }

    /// <summary>Path of the file and encoding of its text.</summary>
    public DatabasePages Pages => _pages;

    /// <summary>Whether it is a table b-tree, whose rows have a rowid. Known after the first <see cref="Read"/>.</summary>
    public bool HasRowId { get; private set; }

    /// <summary>Page of the current row's cell.</summary>
    public long Page { get; private set; }

    /// <summary>Rowid of the current row; 0 in an index b-tree.</summary>
    public long RowId { get; private set; }

    /// <summary>Bytes of the current row's record.</summary>
    public int PayloadLength { get; private set; }

    /// <summary>Bytes that the current row takes in the file: its cell, and its overflow pages in full.</summary>
    public long Size { get; private set; }

    /// <summary>First overflow page of the current row; 0 if it has none.</summary>
    public long FirstOverflowPage { get; private set; }

    /// <summary>The record of the current row, valid until the next <see cref="Read"/>.</summary>
    /// <exception cref="PosTenancyException">The overflow pages are damaged.</exception>
    public ArraySegment<byte> Payload => Load(PayloadLength);

    /// <summary>Moves to the next row.</summary>
    /// <param name="cancellation">Cancels between two pages.</param>
    /// <returns>Whether there is one.</returns>
    /// <exception cref="PosTenancyException">The pages are damaged.</exception>
    public bool Read(CancellationToken cancellation)
    {
        if (!_isStarted)
        {
            _isStarted = true;
            Descend(_root);
        }

        while (_depth >= 0)
        {
            Level level = _levels[_depth];
            if (level.NextStep >= level.Steps)
            {
                _depth--;
                continue;
            }

            int step = level.NextStep++;
            if (level.IsLeaf)
            {
                ReadCell(level, step);
                return true;
            }

            // The interior of an index: child, entry, child, entry … child. The interior of a table: children alone.
            if (HasRowId || step % 2 == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                Descend(Child(level, HasRowId ? step : step / 2));
            }
            else if (level.IsWanted)
            {
                ReadCell(level, step / 2);
                return true;
            }
        }

        return false;
    }

    /// <summary>The beginning of the current row's record; overflow pages are read only as far as it needs them.</summary>
    /// <param name="length">Bytes that the caller needs, at most <see cref="PayloadLength"/>.</param>
    /// <returns>At least that many bytes, valid until the next call of this method or of <see cref="Read"/>.</returns>
    /// <exception cref="PosTenancyException">The overflow pages are damaged.</exception>
    public ArraySegment<byte> Load(int length)
    {
        if (length <= _local)
        {
            return new ArraySegment<byte>(_cellPage, _cellStart, _local);
        }

        if (_loaded == 0)
        {
            Append(_cellPage, _cellStart, _local);
            _nextOverflow = FirstOverflowPage;
        }

        while (_loaded < length)
        {
            long number = _nextOverflow;
            Enter(number, _overflow);
            Append(_overflow, CellFormat.OverflowHeader, Math.Min(PayloadLength - _loaded, _pages.UsableSize - CellFormat.OverflowHeader));
            _nextOverflow = DatabaseHeader.BigEndian(_overflow, 0);
            if (_loaded == PayloadLength && _nextOverflow != 0)
            {
                throw _pages.Damaged($"the overflow pages of a row on page {Page} are more than its {PayloadLength} bytes need");
            }
        }

        return new ArraySegment<byte>(_payload, 0, _loaded);
    }

    private void Descend(long number)
    {
        int depth = _depth + 1;
        if (depth >= MaxDepth)
        {
            throw _pages.Damaged($"the table or index with root page {_root} is more than {MaxDepth} pages deep");
        }

        if (depth == _leafDepth && _isWanted?.Invoke(number) == false)
        {
            MarkAsUsed(number);
            return;
        }

        if (depth == _levels.Count)
        {
            _levels.Add(new Level(new byte[_pages.Header.PageSize]));
        }

        Level level = _levels[depth];
        Enter(number, level.Page);
        bool wasAsked = depth == _leafDepth;
        ReadHeader(level, number, depth);
        level.IsWanted = wasAsked || ((level.IsLeaf || !HasRowId) && _isWanted?.Invoke(number) != false);
        if (level.IsWanted || !level.IsLeaf)
        {
            _depth = depth;
        }
    }

    private void ReadHeader(Level level, long number, int depth)
    {
        int start = CellFormat.HeaderOffset(number);
        byte type = level.Page[start];
        bool isTable = type is CellFormat.InteriorTable or CellFormat.LeafTable;
        if (depth == 0)
        {
            HasRowId = isTable;
        }

        if ((!isTable && type is not (CellFormat.InteriorIndex or CellFormat.LeafIndex)) || isTable != HasRowId)
        {
            throw _pages.Damaged($"page {number} is not a page of {(HasRowId ? "a table" : "an index")}");
        }

        level.Number = number;
        level.IsLeaf = type is CellFormat.LeafTable or CellFormat.LeafIndex;
        level.Pointers = start + (level.IsLeaf ? 8 : 12);
        level.Cells = (level.Page[start + 3] << 8) | level.Page[start + 4];
        level.NextStep = 0;
        level.Steps = level.IsLeaf ? level.Cells
            : HasRowId ? level.Cells + 1
            : (2 * level.Cells) + 1;
        if (level.Pointers + (2 * level.Cells) > _pages.UsableSize)
        {
            throw _pages.Damaged($"page {number} counts more cells than it can have");
        }

        if (level.IsLeaf && _leafDepth < 0)
        {
            _leafDepth = depth;
        }

        if (level.IsLeaf != (depth == _leafDepth))
        {
            throw _pages.Damaged($"page {number} is at another depth than the other pages of its kind");
        }
    }

    private long Child(Level level, int index)
    {
        // The pointer to the last child is in the header of the page, the others begin their cells.
        int offset = index == level.Cells ? level.Pointers - 4 : Cell(level, index);
        return offset + 4 <= _pages.UsableSize ? DatabaseHeader.BigEndian(level.Page, offset) : throw PastEnd(level.Number);
    }

    private int Cell(Level level, int index)
    {
        int pointer = level.Pointers + (2 * index);
        int offset = (level.Page[pointer] << 8) | level.Page[pointer + 1];
        return offset >= level.Pointers + (2 * level.Cells) ? offset : throw PastEnd(level.Number);
    }

    private void ReadCell(Level level, int index)
    {
        int usable = _pages.UsableSize;
        int start = Cell(level, index);
        int position = level.IsLeaf ? start : start + 4;
        ulong rowId = 0;
        if (!CellFormat.TryReadVarint(level.Page, ref position, usable, out ulong length) ||
            (HasRowId && !CellFormat.TryReadVarint(level.Page, ref position, usable, out rowId)))
        {
            throw PastEnd(level.Number);
        }

        if (length > (ulong)_maxPayload || (long)length > _pages.Count * usable)
        {
            throw _pages.Damaged($"page {level.Number} has a row of {length} bytes, more than a row can have here");
        }

        int local = CellFormat.LocalLength(usable, length, HasRowId);
        long beyond = (long)length - local;
        int end = position + local + (beyond > 0 ? 4 : 0);
        if (end > usable)
        {
            throw PastEnd(level.Number);
        }

        if (HasRowId && Page != 0 && (long)rowId <= RowId)
        {
            throw _pages.Damaged($"the rows of page {level.Number} are not in the order of their rowid");
        }

        int overflowContent = usable - CellFormat.OverflowHeader;
        Page = level.Number;
        RowId = (long)rowId;
        PayloadLength = (int)length;
        FirstOverflowPage = beyond > 0 ? DatabaseHeader.BigEndian(level.Page, position + local) : 0;
        Size = Math.Max(end - start, MinCell) + ((beyond + overflowContent - 1) / overflowContent * _pages.Header.PageSize);
        _cellPage = level.Page;
        _cellStart = position;
        _local = local;
        _loaded = 0;
    }

    private void Enter(long number, byte[] page)
    {
        _pages.Read(number, page);
        MarkAsUsed(number);
    }

    private void MarkAsUsed(long number)
    {
        _pages.RequireData(number);
        if (!_seen.Add(number))
        {
            throw _pages.Damaged($"page {number} is used twice");
        }
    }

    /// <summary>Appends to the payload. The buffer grows with the pages that were read, not with the length that the cell states.</summary>
    private void Append(byte[] source, int start, int count)
    {
        if (_loaded + count > _payload.Length)
        {
            Array.Resize(ref _payload, (int)Math.Min(_maxPayload, Math.Max(_loaded + count, 2L * _payload.Length)));
        }

        Buffer.BlockCopy(source, start, _payload, _loaded, count);
        _loaded += count;
    }

    private PosTenancyException PastEnd(long page) => _pages.Damaged($"page {page} has a pointer past its end");

    /// <summary>A page on the way from the root to the current row.</summary>
    private sealed class Level(byte[] page)
    {
        public byte[] Page { get; } = page;

        public long Number { get; set; }

        public bool IsLeaf { get; set; }

        public bool IsWanted { get; set; }

        /// <summary>Number of cells.</summary>
        public int Cells { get; set; }

        /// <summary>Offset of the cell pointers.</summary>
        public int Pointers { get; set; }

        /// <summary>Cells and children, in key order.</summary>
        public int Steps { get; set; }

        public int NextStep { get; set; }
    }
}
