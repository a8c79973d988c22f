using SQLitePCL;

namespace PosTenancy.Engine.Sqlite;

/// <summary>
/// The current row of a statement, until its next step. SQLite converts a value to the type that is asked for
/// (sqlite.org/c3ref/column_blob.html); a NULL is never converted.
/// </summary>
internal readonly struct Row(sqlite3_stmt statement)
{
    /// <summary>Number of columns.</summary>
    public int Columns => raw.sqlite3_column_count(statement);

    /// <summary>SQLite's code for the storage class of a value.</summary>
    public int Type(int column) => raw.sqlite3_column_type(statement, column);

    public bool IsNull(int column) => Type(column) == raw.SQLITE_NULL;

    public long GetInt64(int column) => raw.sqlite3_column_int64(statement, column) is not 0 and var n ? n : NotNull(column, 0L);

    public double GetDouble(int column) =>
        raw.sqlite3_column_double(statement, column) is var n && n != 0 ? n : NotNull(column, n);

    /// <summary>A text up to its first NUL, where it also ends for SQLite when it reads a name or SQL.</summary>
    public string GetString(int column) => GetStringOrNull(column) ?? NotNull(column, "");

    /// <summary>Same, or <see langword="null"/> for a NULL.</summary>
    public string? GetStringOrNull(int column) => raw.sqlite3_column_text(statement, column).utf8_to_string();

    /// <summary>The bytes of a BLOB, or of a TEXT in the encoding of the database.</summary>
    public ReadOnlySpan<byte> GetBytes(int column) => raw.sqlite3_column_blob(statement, column);

    /// <summary>A value as text in UTF-8.</summary>
    public ReadOnlySpan<byte> GetUtf8(int column)
    {
        // Converts numbers, and the text of a UTF-16 database, to UTF-8, which the next call reads.
        _ = raw.sqlite3_column_text(statement, column);
        return GetBytes(column);
    }

    /// <summary>The value as <see langword="null"/>, <see cref="long"/>, <see cref="double"/>, <see cref="string"/> or bytes.</summary>
    public object? GetValue(int column) => Type(column) switch
    {
        raw.SQLITE_NULL => null,
        raw.SQLITE_INTEGER => GetInt64(column),
        raw.SQLITE_FLOAT => GetDouble(column),
        raw.SQLITE_BLOB => GetBytes(column).ToArray(),
        _ => GetString(column),
    };

    /// <summary>What SQLite also returns for a NULL, where it is the value itself.</summary>
    private T NotNull<T>(int column, T value) => IsNull(column) ? throw new InvalidOperationException($"Column {column} is NULL.") : value;
}
