using System.Text;
using PosTenancy.Engine.Files;
using SQLitePCL;

namespace PosTenancy.Engine.Sqlite;

/// <summary>Renders a value as text as the sqlite3 shell does, except that a blob is shown as its bytes.</summary>
internal static class ColumnText
{
    /// <summary>Longer values are truncated and marked as such, so that results do not grow with the database.</summary>
    private const int MaxBytes = 4096;

    public static string? Read(sqlite3_stmt statement, int column)
    {
        int type = raw.sqlite3_column_type(statement, column);
        if (type == raw.SQLITE_NULL)
        {
            return null;
        }

        bool isBlob = type == raw.SQLITE_BLOB;
        if (!isBlob)
        {
            // Converts numbers, and the text of a UTF-16 database, to UTF-8, which the next call reads.
            _ = raw.sqlite3_column_text(statement, column);
        }

        int length = raw.sqlite3_column_bytes(statement, column);
        int kept = Math.Min(length, isBlob ? MaxBytes / 2 : MaxBytes);
        ReadOnlySpan<byte> all = raw.sqlite3_column_blob(statement, column);
        while (!isBlob && kept > 0 && kept < length && (all[kept] & 0xC0) == 0x80)
        {
            // Do not cut inside a UTF-8 character.
            kept--;
        }

        byte[] bytes = all.Slice(0, kept).ToArray();
        string shown = isBlob ? $"X'{FileDigest.ToHex(bytes).ToUpperInvariant()}'" : Encoding.UTF8.GetString(bytes);
        return kept < length ? $"{shown}… ({length} bytes)" : shown;
    }
}
