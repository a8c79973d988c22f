using System.Text;
using PosTenancy.Engine.Files;

namespace PosTenancy.Engine.Pages;

/// <summary>The first 100 bytes of a database file. Source: "The Database Header", sqlite.org/fileformat2.html.</summary>
/// <param name="PageSize">Bytes per page, 512 to 65,536.</param>
/// <param name="IsWal">Whether the header requests a write-ahead log (read and write version 2).</param>
/// <param name="PageCount">Pages in the file; 0 if an old SQLite wrote the header without it.</param>
/// <param name="ReservedBytes">Bytes at the end of each page that SQLite reserves for extensions.</param>
/// <param name="FirstFreePage">First page of the freelist; 0 if it is empty.</param>
/// <param name="FreePageCount">Pages of the freelist.</param>
/// <param name="HasPointerMap">Whether the file has pointer-map pages (auto_vacuum), which record the parent of each page.</param>
/// <param name="ChangeCounter">Incremented by every transaction that changes the file, except through a write-ahead log.</param>
/// <param name="Encoding">Encoding of every text in the file: UTF-8, or UTF-16 in either byte order.</param>
internal sealed record DatabaseHeader(
    int PageSize,
    bool IsWal,
    long PageCount,
    int ReservedBytes,
    long FirstFreePage,
    long FreePageCount,
    bool HasPointerMap,
    uint ChangeCounter,
    Encoding Encoding)
{
    /// <summary>Length of the header in bytes.</summary>
    public const int Size = 100;

    /// <summary>Reads the header of an open file and rejects a file that is not a complete database.</summary>
    /// <param name="path">Path to name in errors; the sidecars are expected beside it.</param>
    /// <param name="stream">The file.</param>
    /// <exception cref="PosTenancyException">The file is not a database, or is empty, encrypted or truncated.</exception>
    public static DatabaseHeader Read(string path, FileStream stream)
    {
        byte[] page = new byte[4096];
        stream.Position = 0;
        int count = FileBlocks.Fill(stream, page, 0, page.Length);
        long length = stream.Length;
        if (length == 0)
        {
            throw Errors.EmptyFile(path);
        }

        DatabaseHeader? header = Parse(page, count);
        if (header is null)
        {
            throw LooksEncrypted(page, count, length) ? Errors.DatabaseEncrypted(path) : Errors.NotADatabase(path);
        }

        // With a hot journal the file may legitimately be shorter than its header states: the rollback completes it. A file in WAL mode is
        // complete after its checkpoint.
        long expected = header.PageCount * header.PageSize;
        if (length < Math.Max(expected, header.PageSize) && !FilePath.HasContent(path + "-journal") && !FilePath.HasContent(path + "-wal"))
        {
            throw Errors.DatabaseTruncated(path, expected, length);
        }

        return header;
    }

    /// <summary>Parses the header; <see langword="null"/> if the bytes are not one.</summary>
    public static DatabaseHeader? Parse(byte[] bytes, int count)
    {
        if (count < Size || !HasMagic(bytes))
        {
            return null;
        }

        int pageSize = (bytes[16] << 8) | bytes[17];
        pageSize = pageSize == 1 ? 65536 : pageSize;
        if (pageSize < 512 || (pageSize & (pageSize - 1)) != 0 || bytes[18] is 0 or > 2 || bytes[19] is 0 or > 2)
        {
            return null;
        }

        uint changeCounter = BigEndian(bytes, 24);

        // The page count is valid only if the version that wrote it set it (bytes 92-95 equal bytes 24-27).
        uint pageCount = BigEndian(bytes, 92) == changeCounter ? BigEndian(bytes, 28) : 0;
        return new DatabaseHeader(
            pageSize,
            bytes[18] == 2 || bytes[19] == 2,
            pageCount,
            bytes[20],
            BigEndian(bytes, 32),
            BigEndian(bytes, 36),
            HasPointerMap: BigEndian(bytes, 52) != 0,
            changeCounter,
            BigEndian(bytes, 56) switch
            {
                2 => Encoding.Unicode,
                3 => Encoding.BigEndianUnicode,
                _ => Encoding.UTF8,
            });
    }

    private static bool HasMagic(byte[] bytes)
    {
        const string Magic = "SQLite format 3\0";
        for (int i = 0; i < Magic.Length; i++)
        {
            if (bytes[i] != Magic[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Reads four bytes as a big-endian number, as SQLite writes them.</summary>
    public static uint BigEndian(byte[] bytes, int offset) =>
        ((uint)bytes[offset] << 24) | ((uint)bytes[offset + 1] << 16) | ((uint)bytes[offset + 2] << 8) | bytes[offset + 3];

    /// <summary>
    /// Whether a page is likely encrypted. The pages of an encrypted database are indistinguishable from noise. 4,096 random bytes have an
    /// entropy
    /// near 7.95 bits a byte, and 1,024 near 7.8; text and program code stay under 7.
    /// </summary>
    private static bool LooksEncrypted(byte[] page, int count, long length)
    {
        if (count < 512 || length % 512 != 0)
        {
            return false;
        }

        int[] frequency = new int[256];
        for (int i = 0; i < count; i++)
        {
            frequency[page[i]]++;
        }

        double entropy = 0;
        foreach (int n in frequency)
        {
            if (n > 0)
            {
                double p = (double)n / count;
                entropy -= p * Math.Log(p, 2);
            }
        }

        return entropy > 7.4;
    }
}
