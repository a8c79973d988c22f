using System.Runtime.InteropServices;

namespace PosTenancy.Engine.Files;

/// <summary>Reads a database file block by block: memory use is constant whatever the size.</summary>
internal static class FileBlocks
{
    /// <summary>Bytes per block; a whole number of pages of any size.</summary>
    public const int Size = 1 << 20;

    /// <summary>Offset of SQLite's lock page. On Windows other handles cannot read it while it is locked.</summary>
    public const long LockPageOffset = 0x40000000;

    private static bool LocksAreMandatory => RuntimeInformation.IsOSPlatform(OSPlatform.Windows);

    /// <summary>Reads the next block.</summary>
    /// <param name="source">The file, positioned at the beginning of a block.</param>
    /// <param name="buffer">At least <see cref="Size"/> bytes.</param>
    /// <param name="pageSize">Page size of the database in bytes, to find the lock page.</param>
    /// <returns>The number of bytes read; 0 at the end of the file.</returns>
    /// <remarks>
    /// The block size divides the offset of the lock page, so that page begins a block. It never holds data (sqlite.org/fileformat2.html,
    /// 1.5).
    /// Where locks are mandatory it is taken as zeros, which is what SQLite leaves there; elsewhere it is read like any other page.
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

    /// <summary>Reads until a buffer is full or the stream ends: a single call may return fewer bytes than requested.</summary>
    /// <param name="source">Stream to read from.</param>
    /// <param name="buffer">Receives the bytes.</param>
    /// <param name="start">First index to fill.</param>
    /// <param name="end">Index after the last one to fill.</param>
    /// <returns>Index after the last byte read.</returns>
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
    /// Opens a file for reading alongside SQLite, sharing everything: with any other sharing mode .NET takes a lock of its own.
    /// </summary>
    public static FileStream Open(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
}
