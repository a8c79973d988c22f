namespace PosTenancy.Engine.Sqlite;

/// <summary>A value of a row in its storage class, so that it can be searched for unchanged.</summary>
/// <param name="Value">As in <see cref="Row.GetValue"/>, but a TEXT is its bytes in UTF-8, which may be no valid UTF-8.</param>
/// <param name="Text">The value as readable text.</param>
internal sealed record SqlValue(object? Value, string? Text)
{
    /// <summary>Reads every column of a row.</summary>
    public static IReadOnlyList<SqlValue> ReadAll(Row row) => [.. Enumerable.Range(0, row.Columns).Select(i => Read(row, i))];

    private static SqlValue Read(Row row, int column)
    {
        object? value = row.Type(column) == SQLitePCL.raw.SQLITE_TEXT
            ? (ReadOnlyMemory<byte>)row.GetUtf8(column).ToArray()
            : row.GetValue(column);
        return new SqlValue(value, ColumnText.Read(row, column));
    }
}
