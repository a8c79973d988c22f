using System.Runtime.InteropServices;
using SQLitePCL;

namespace PosTenancy.Engine.Sqlite;

/// <summary>A small database as the bytes of its file (sqlite.org/c3ref/serialize.html).</summary>
internal static class DatabaseImage
{
    /// <summary>The bytes of the file that a database is, or would be.</summary>
    public static byte[] Read(DatabaseConnection connection)
    {
        IntPtr address = raw.sqlite3_serialize(connection.Handle, "main", out long length, 0);
        if (address == IntPtr.Zero)
        {
            throw connection.Failure(raw.SQLITE_NOMEM);
        }

        try
        {
            byte[] bytes = new byte[length];
            Marshal.Copy(address, bytes, 0, bytes.Length);
            return bytes;
        }
        finally
        {
            raw.sqlite3_free(address);
        }
    }

    /// <summary>Opens the bytes of a file as a database in memory.</summary>
    /// <param name="path">Full path of the database that they stand for, for messages.</param>
    /// <param name="bytes">The bytes; not of a database with a write-ahead log.</param>
    /// <param name="cancellation">Interrupts every statement.</param>
    public static DatabaseConnection Open(string path, byte[] bytes, CancellationToken cancellation)
    {
        DatabaseConnection connection = DatabaseConnection.OpenEmpty(path, cancellation);
        try
        {
            IntPtr address = raw.sqlite3_malloc64(bytes.Length);
            Marshal.Copy(bytes, 0, address, bytes.Length);

            // SQLite frees the memory, also if it fails.
            int result = raw.sqlite3_deserialize(
                connection.Handle, "main", address, bytes.Length, bytes.Length, raw.SQLITE_DESERIALIZE_FREEONCLOSE);
            return result == raw.SQLITE_OK ? connection : throw connection.Failure(result);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
