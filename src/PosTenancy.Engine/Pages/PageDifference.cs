using PosTenancy.Engine.Files;

namespace PosTenancy.Engine.Pages;

/// <summary>Compares two database files page by page, byte for byte.</summary>
internal static class PageDifference
{
    /// <summary>Finds the pages of the first file that differ in the second, or are missing from it.</summary>
    /// <param name="before">The first file; stays open.</param>
    /// <param name="after">The second file; stays open. Bytes behind the end of the first file are ignored.</param>
    /// <param name="pageSize">Page size of both, in bytes.</param>
    /// <param name="progress">Receives the number of bytes compared.</param>
    /// <param name="cancellation">Cancels between two blocks.</param>
    public static PageSet Find(FileStream before, FileStream after, int pageSize, Action<long>? progress, CancellationToken cancellation)
    {
        long length = before.Length;
        PageSet different = new((length + pageSize - 1) / pageSize);
        byte[] left = new byte[FileBlocks.Size];
        byte[] right = new byte[FileBlocks.Size];
        before.Position = 0;
        after.Position = 0;
        for (long offset = 0; offset < length; offset += FileBlocks.Size)
        {
            cancellation.ThrowIfCancellationRequested();

            // Reading dominates the time, and there are two files to read.
            (int other, int count) = SideBySide.Run(
                () => FileBlocks.Read(after, right, pageSize),
                () => FileBlocks.Read(before, left, pageSize));
            if (!left.AsSpan(0, count).SequenceEqual(right.AsSpan(0, Math.Min(other, count))))
            {
                Compare(left, count, right, other, pageSize, (offset / pageSize) + 1, different);
            }

            progress?.Invoke(offset + count);
        }

        return different;
    }

    private static void Compare(byte[] left, int count, byte[] right, int other, int pageSize, long firstPage, PageSet different)
    {
        for (int start = 0; start < count; start += pageSize)
        {
            int length = Math.Min(pageSize, count - start);
            if (start + length > other || !left.AsSpan(start, length).SequenceEqual(right.AsSpan(start, length)))
            {
                different.Add(firstPage + (start / pageSize));
            }
        }
    }
}
