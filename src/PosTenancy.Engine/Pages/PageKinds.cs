namespace PosTenancy.Engine.Pages;

/// <summary>What a page is for.</summary>
internal enum PageKind
{
    /// <summary>The first page: the header of the file, and the root of the schema.</summary>
    Header,

    /// <summary>Another page of <c>sqlite_schema</c>, the texts of the CREATE statements.</summary>
    Schema,

    /// <summary>Who points at which page, where pages can be moved.</summary>
    PointerMap,

    /// <summary>A page of the list of free pages, or one that the list names.</summary>
    Free,

    /// <summary>The page that locks lie on; it holds nothing.</summary>
    Lock,

    /// <summary>A page of a table or index, or of nothing.</summary>
    Other,
}

/// <summary>Knows the pages of a file that hold no row of a table and no key of an index.</summary>
internal sealed class PageKinds
{
    private readonly DatabasePages _pages;
    private readonly PageSet _schema;
    private readonly PageSet _free;

    private PageKinds(DatabasePages pages, PageSet schema, PageSet free)
    {
        _pages = pages;
        _schema = schema;
        _free = free;
    }

    /// <summary>Walks the schema and the list of free pages.</summary>
    /// <param name="pages">The file.</param>
    /// <param name="trees">The pages found so far, so that one which is in use twice is noticed.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="PosTenancyException">The file is damaged.</exception>
    public static PageKinds Read(DatabasePages pages, BTreePages trees, CancellationToken cancellation)
    {
        PageSet schema = new(pages.Count);
        trees.Visit(1, page => schema.Add(page), cancellation);
        return new PageKinds(pages, schema, ReadFree(pages));
    }

    /// <summary>What a page is for.</summary>
    public PageKind Find(long page) => page switch
    {
        1 => PageKind.Header,
        _ when page == _pages.LockPage => PageKind.Lock,
        _ when _pages.Header.HasPointerMap && IsPointerMap(page) => PageKind.PointerMap,
        _ when _schema.Contains(page) => PageKind.Schema,
        _ when _free.Contains(page) => PageKind.Free,
        _ => PageKind.Other,
    };

    /// <summary>
    /// Source: "Pointer Map or Ptrmap Pages", sqlite.org/fileformat2.html, 1.8. One follows each group of pages that it describes.
    /// </summary>
    private bool IsPointerMap(long page)
    {
        long group = (_pages.UsableSize / 5) + 1;
        long map = ((page - 2) / group * group) + 2;
        return page == (map == _pages.LockPage ? map + 1 : map);
    }

    /// <summary>Source: "The Freelist", sqlite.org/fileformat2.html, 1.5: a chain of pages, each with the numbers of more.</summary>
    private static PageSet ReadFree(DatabasePages pages)
    {
        PageSet free = new(pages.Count);
        byte[] page = new byte[pages.Header.PageSize];
        for (long trunk = pages.Header.FirstFreePage; trunk != 0; trunk = DatabaseHeader.BigEndian(page, 0))
        {
            pages.Read(trunk, page);
            uint count = DatabaseHeader.BigEndian(page, 4);
            if (!free.Add(trunk) || count > (pages.UsableSize / 4) - 2)
            {
                throw pages.Damaged($"the list of free pages goes wrong on page {trunk}");
            }

            for (int i = 0; i < count; i++)
            {
                long leaf = DatabaseHeader.BigEndian(page, 8 + (4 * i));
                if (leaf < 1 || leaf > pages.Count || !free.Add(leaf))
                {
                    throw pages.Damaged($"the list of free pages names page {leaf}, which is not there or named twice");
                }
            }
        }

        return free;
    }
}
