using System.Runtime.InteropServices;

namespace PosTenancy.Engine.Sqlite;

/// <summary>Reads a database file block by block: memory stays flat whatever the size.</summary>
internal static class FileBlocks
{
    /// <summary>Bytes in a block; a whole number of pages, whatever their size.</summary>
    public const int Size = 1 << 20;

    /// <summary>The offset of the page that SQLite's locks lie on. Windows lets nobody read it while it is locked.</summary>
    public const long LockPageOffset = 0x40000000;

    private static bool LocksAreMandatory => RuntimeInformation.IsOSPlatform(OSPlatform.Windows);

    /// <summary>Reads the next block.</summary>
    /// <param name="source">The file, at the beginning of a block.</param>
    /// <param name="buffer">At least <see cref="Size"/> bytes.</param>
    /// <param name="pageSize">Page size of the database in bytes, to find the lock page.</param>
    /// <returns>How many bytes were read; 0 at the end of the file.</returns>
    /// <remarks>
    /// Blocks divide the lock page's offset, so the page begins a block. It never holds data (sqlite.org/fileformat2.html, 1.5). Where
    /// locks are mandatory it counts as zeros, which is what SQLite leaves there; elsewhere it is read like any other.
    /// </remarks>
    public static int Read(FileStream source, byte[] buffer, int pageSize)
    {
        int total = 0;
        if (LocksAreMandatory && source.Position == LockPageOffset && source.Length > LockPageOffset)
        {
            total = (int)Math.Min(pageSize, source.Length - LockPageOffset);
            Array.Clear(buffer, 0, total);
            source.Position += total;
        }

        int read;
        while (total < Size && (read = source.Read(buffer, total, Size - total)) > 0)
        {
            total += read;
        }

        return total;
    }
}
