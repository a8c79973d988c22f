namespace PosTenancy.Engine.Pages;

/// <summary>The purpose of a page.</summary>
internal enum PageKind
{
    /// <summary>The first page: the file header and the root of the schema table.</summary>
    Header,

    /// <summary>Another page of <c>sqlite_schema</c>, the text of the CREATE statements.</summary>
    Schema,

    /// <summary>A pointer-map page, which records the parent of each page.</summary>
    PointerMap,

    /// <summary>A page of the freelist: trunk or leaf.</summary>
    Free,

    /// <summary>The lock page; it holds no data.</summary>
    Lock,

    /// <summary>A page of a table or index, or an unused one.</summary>
    Other,
}

/// <summary>Classifies the pages of a file that hold no row of a table and no key of an index.</summary>
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

    /// <summary>Walks the schema and the freelist.</summary>
    /// <param name="pages">The file.</param>
    /// <param name="trees">The pages found so far, so that a page in use twice is detected.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="PosTenancyException">The file is damaged.</exception>
    public static PageKinds Read(DatabasePages pages, BTreePages trees, CancellationToken cancellation)
    {
        PageSet schema = new(pages.Count);
        trees.Visit(1, (page, _) => schema.Add(page), cancellation);
        PageSet free = new(pages.Count);
        Freelist.Visit(pages, page => free.Add(page));
        return new PageKinds(pages, schema, free);
    }

    /// <summary>The purpose of a page.</summary>
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
    /// Source: "Pointer Map or Ptrmap Pages", sqlite.org/fileformat2.html, 1.8. Each precedes the group of pages that it describes.
    /// </summary>
    private bool IsPointerMap(long page)
    {
        long group = (_pages.UsableSize / 5) + 1;
        long map = ((page - 2) / group * group) + 2;
        return page == (map == _pages.LockPage ? map + 1 : map);
    }
}
