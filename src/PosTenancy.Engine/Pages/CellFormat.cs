namespace PosTenancy.Engine.Pages;

/// <summary>The format of b-tree pages and cells. Source: "B-tree Pages", sqlite.org/fileformat2.html, 1.6.</summary>
internal static class CellFormat
{
    public const byte InteriorIndex = 2;
    public const byte InteriorTable = 5;
    public const byte LeafIndex = 10;
    public const byte LeafTable = 13;

    /// <summary>Bytes in front of the content of an overflow page: the number of the next one.</summary>
    public const int OverflowHeader = 4;

    /// <summary>Offset of the b-tree header: on page 1 it follows the database header.</summary>
    public static int HeaderOffset(long page) => page == 1 ? DatabaseHeader.Size : 0;

    /// <summary>Bytes of a payload that are in its cell; the others are in overflow pages.</summary>
    /// <param name="usableSize">Usable bytes per page.</param>
    /// <param name="length">Bytes of the whole payload.</param>
    /// <param name="isRow">Whether the cell is a row of a table b-tree; else it is an entry of an index b-tree.</param>
    public static int LocalLength(int usableSize, ulong length, bool isRow)
    {
        int most = isRow ? usableSize - 35 : ((usableSize - 12) * 64 / 255) - 23;
        if (length <= (ulong)most)
        {
            return (int)length;
        }

        int least = ((usableSize - 12) * 32 / 255) - 23;
        ulong fitting = (ulong)least + ((length - (ulong)least) % (ulong)(usableSize - OverflowHeader));
        return fitting <= (ulong)most ? (int)fitting : least;
    }

    /// <summary>Reads a varint: one to nine bytes, seven bits in each but the ninth.</summary>
    /// <param name="bytes">Bytes that contain it.</param>
    /// <param name="offset">Its first byte; receives the offset of the byte after it.</param>
    /// <param name="end">Offset after the last byte that may belong to it.</param>
    /// <param name="value">The value.</param>
    /// <returns>Whether it ends before <paramref name="end"/>.</returns>
    public static bool TryReadVarint(byte[] bytes, ref int offset, int end, out ulong value)
    {
        value = 0;
        for (int i = 0; i < 9; i++)
        {
            if (offset < 0 || offset >= end)
            {
                return false;
            }

            byte next = bytes[offset++];
            if (i == 8)
            {
                value = (value << 8) | next;
                return true;
            }

            value = (value << 7) | (uint)(next & 0x7F);
            if (next < 0x80)
            {
                return true;
            }
        }

        return false;
    }
}
