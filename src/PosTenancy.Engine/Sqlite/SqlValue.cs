using SQLitePCL;

namespace PosTenancy.Engine.Sqlite;

/// <summary>A value of a row in its storage class, so that it can be searched for unchanged.</summary>
/// <param name="Type">SQLite's code for the storage class.</param>
/// <param name="Integer">The value of an INTEGER.</param>
/// <param name="Real">The value of a REAL.</param>
/// <param name="Bytes">The bytes of a BLOB, or of a TEXT in UTF-8.</param>
/// <param name="Text">The value as readable text.</param>
internal sealed record SqlValue(int Type, long Integer, double Real, byte[] Bytes, string? Text)
{
    /// <summary>Creates a TEXT value.</summary>
    public static SqlValue FromText(string text) => new(raw.SQLITE_TEXT, 0, 0, System.Text.Encoding.UTF8.GetBytes(text), text);

    /// <summary>Reads a column of a statement's current row.</summary>
    public static SqlValue Read(sqlite3_stmt statement, int column)
    {
        int type = raw.sqlite3_column_type(statement, column);
        long integer = type == raw.SQLITE_INTEGER ? raw.sqlite3_column_int64(statement, column) : 0;
        double real = type == raw.SQLITE_FLOAT ? raw.sqlite3_column_double(statement, column) : 0;
        string? text = ColumnText.Read(statement, column);
        return new SqlValue(
            type,
            integer,
            real,
            type is raw.SQLITE_TEXT or raw.SQLITE_BLOB ? raw.sqlite3_column_blob(statement, column).ToArray() : [],
            text);
    }

    /// <summary>Binds it to a parameter.</summary>
    public int Bind(sqlite3_stmt statement, int parameter) => Type switch
    {
        raw.SQLITE_INTEGER => raw.sqlite3_bind_int64(statement, parameter, Integer),
        raw.SQLITE_FLOAT => raw.sqlite3_bind_double(statement, parameter, Real),
        raw.SQLITE_TEXT => raw.sqlite3_bind_text(statement, parameter, Bytes),
        raw.SQLITE_BLOB => raw.sqlite3_bind_blob(statement, parameter, Bytes),
        _ => raw.sqlite3_bind_null(statement, parameter),
    };
}
