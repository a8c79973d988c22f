using System.Text;
using PosTenancy.Engine.Files;
using SQLitePCL;

namespace PosTenancy.Engine.Sqlite;

/// <summary>Renders a value as text as the sqlite3 shell does, except that a blob is shown as its bytes.</summary>
internal static class ColumnText
{
    /// <summary>Longer values are truncated and marked as such, so that results do not grow with the database.</summary>
    private const int MaxBytes = 4096;

    public static string? Read(Row row, int column)
    {
        int type = row.Type(column);
        if (type == raw.SQLITE_NULL)
        {
            return null;
        }

        bool isBlob = type == raw.SQLITE_BLOB;
        ReadOnlySpan<byte> all = isBlob ? row.GetBytes(column) : row.GetUtf8(column);
        int kept = Math.Min(all.Length, isBlob ? MaxBytes / 2 : MaxBytes);
        while (!isBlob && kept > 0 && kept < all.Length && (all[kept] & 0xC0) == 0x80)
        {
            // Do not cut inside a UTF-8 character.
            kept--;
        }

        byte[] bytes = all.Slice(0, kept).ToArray();
        string shown = isBlob ? $"X'{FileDigest.ToHex(bytes).ToUpperInvariant()}'" : Encoding.UTF8.GetString(bytes);
        return kept < all.Length ? $"{shown}… ({all.Length} bytes)" : shown;
    }
}
