using PosTenancy.Engine.Files;

namespace PosTenancy.Engine.Pages;

/// <summary>The pages of a database file, read without SQLite. The file is untrusted: any of its fields may be wrong.</summary>
internal sealed class DatabasePages
{
    private readonly FileStream _file;

    /// <summary>Reads the header.</summary>
    /// <param name="path">Path to name in errors.</param>
    /// <param name="file">The file, which stays open; it must not be written meanwhile.</param>
    /// <exception cref="PosTenancyException">The file is not a database.</exception>
    public DatabasePages(string path, FileStream file)
    {
        Path = path;
        _file = file;
        Header = DatabaseHeader.Read(path, file);
        Count = (file.Length + Header.PageSize - 1) / Header.PageSize;
        LockPage = (FileBlocks.LockPageOffset / Header.PageSize) + 1;
    }

    public string Path { get; }

    public DatabaseHeader Header { get; }

    /// <summary>Number of pages, computed from the length of the file.</summary>
    public long Count { get; }

    /// <summary>Usable bytes per page.</summary>
    public int UsableSize => Header.PageSize - Header.ReservedBytes;

    /// <summary>Number of the lock page, which holds no data; it may lie behind the end of the file.</summary>
    public long LockPage { get; }

    /// <summary>Reads a page.</summary>
    /// <param name="number">Page number, from 1.</param>
    /// <param name="page">Receives the page; one page long.</param>
    /// <exception cref="PosTenancyException">The page does not exist: the reference to it is damaged.</exception>
    public void Read(long number, byte[] page)
    {
        RequireData(number);
        _file.Position = (number - 1) * Header.PageSize;
        if (FileBlocks.Fill(_file, page, 0, page.Length) < page.Length)
        {
            throw Damaged($"page {number} is truncated");
        }
    }

    /// <summary>Refuses the number of a page that cannot hold data.</summary>
    /// <exception cref="PosTenancyException">The page does not exist: the reference to it is damaged.</exception>
    public void RequireData(long number)
    {
        if (number < 1 || number > Count || number == LockPage)
        {
            throw Damaged($"it refers to page {number}, but only pages 1 to {Count} hold data");
        }
    }

    /// <summary>An error that describes the damage.</summary>
    public PosTenancyException Damaged(string detail) => Errors.DatabaseCorrupt(Path, detail);
}
