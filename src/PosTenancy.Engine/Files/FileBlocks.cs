using System.Runtime.InteropServices;

namespace PosTenancy.Engine.Files;

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

        return Fill(source, buffer, total, Size);
    }

    /// <summary>Reads until a buffer is full or the stream ends: one call may give less than it was asked for.</summary>
    /// <param name="source">The stream.</param>
    /// <param name="buffer">Where to.</param>
    /// <param name="start">The first place to fill.</param>
    /// <param name="end">The place behind the last one.</param>
    /// <returns>The place behind the last byte that was read.</returns>
    public static int Fill(Stream source, byte[] buffer, int start, int end)
    {
        int read;
        while (start < end && (read = source.Read(buffer, start, end - start)) > 0)
        {
            start += read;
        }

        return start;
    }

    /// <summary>
    /// Opens a file for reading beside SQLite, sharing everything: with any other sharing mode .NET takes a lock of its own.
    /// </summary>
    public static FileStream Open(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
}
