using PosTenancy.Engine.Files;

namespace PosTenancy.Engine.Pages;

/// <summary>A database file as its pages, read without SQLite. The file is not trusted: whatever it says of itself may be wrong.</summary>
internal sealed class DatabasePages
{
    private readonly FileStream _file;

    /// <summary>Reads the header.</summary>
    /// <param name="path">Path to name in errors.</param>
    /// <param name="file">The file, which stays open; nobody may write it meanwhile.</param>
    /// <exception cref="PosTenancyException">It is no database.</exception>
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

    /// <summary>How many pages there are, by the length of the file.</summary>
    public long Count { get; }

    /// <summary>Bytes of a page that SQLite uses.</summary>
    public int UsableSize => Header.PageSize - Header.ReservedBytes;

    /// <summary>The number of the page that the locks lie on, which holds nothing; it may be behind the end of the file.</summary>
    public long LockPage { get; }

    /// <summary>Reads a page.</summary>
    /// <param name="number">Its number, from 1.</param>
    /// <param name="page">As many bytes as a page has.</param>
    /// <exception cref="PosTenancyException">There is no such page: what pointed at it is damaged.</exception>
    public void Read(long number, byte[] page)
    {
        if (number < 1 || number > Count || number == LockPage)
        {
            throw Damaged($"it points at page {number}, and pages 1 to {Count} hold data");
        }

        _file.Position = (number - 1) * Header.PageSize;
        if (FileBlocks.Fill(_file, page, 0, page.Length) < page.Length)
        {
            throw Damaged($"page {number} is cut off");
        }
    }

    /// <summary>An error that says what is wrong with the file.</summary>
    public PosTenancyException Damaged(string detail) => Errors.DatabaseCorrupt(Path, detail);
}
