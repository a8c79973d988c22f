using PosTenancy.Engine.Sqlite;
using SQLitePCL;

namespace PosTenancy.Postgres.Values;

/// <summary>What the values of a column are, by the storage class of each: the declared type promises nothing.</summary>
internal sealed class ColumnFinding
{
    /// <summary>The largest integer up to which a double holds all of them.</summary>
    private const long LargestInDouble = 1L << 53;

    /// <summary>How many values there are of each storage class, by SQLite's code for it.</summary>
    private readonly long[] _counts = new long[raw.SQLITE_NULL + 1];

    /// <summary>The first row with a value of that class.</summary>
    private readonly long[] _first = new long[raw.SQLITE_NULL + 1];

    public long Integers => _counts[raw.SQLITE_INTEGER];

    public long Reals => _counts[raw.SQLITE_FLOAT];

    public long Texts => _counts[raw.SQLITE_TEXT];

    public long Blobs => _counts[raw.SQLITE_BLOB];

    public long Nulls => _counts[raw.SQLITE_NULL];

    /// <summary>The first integer that a double does not hold.</summary>
    public long? FirstLargeInteger { get; private set; }

    /// <summary>The first text with a NUL.</summary>
    public long? FirstNul { get; private set; }

    /// <summary>The first text that is not UTF-8.</summary>
    public long? FirstInvalid { get; private set; }

    /// <summary>The form that all texts have.</summary>
    public TextForm Form { get; private set; } = TextForm.Any;

    /// <summary>The first row with a value of a storage class.</summary>
    public long First(int type) => _first[type];

    /// <summary>Examines a value.</summary>
    /// <param name="row">The row.</param>
    /// <param name="column">Index of the column.</param>
    /// <param name="place">The rowid, or the number of the row.</param>
    /// <param name="isUtf8">Whether the bytes of a text are UTF-8 as they are.</param>
    public void Add(Row row, int column, long place, bool isUtf8)
    {
        int type = row.Type(column);
        if (_counts[type]++ == 0)
        {
            _first[type] = place;
        }

        if (type == raw.SQLITE_INTEGER)
        {
            if (FirstLargeInteger is null && row.GetInt64(column) is < -LargestInDouble or > LargestInDouble)
            {
                FirstLargeInteger = place;
            }
        }
        else if (type == raw.SQLITE_TEXT)
        {
            AddText(isUtf8 ? row.GetBytes(column) : row.GetUtf8(column), place);
        }
    }

    private void AddText(ReadOnlySpan<byte> text, long place)
    {
        if (FirstNul is null && Utf8.HasNul(text))
        {
            FirstNul = place;
        }

        if (FirstInvalid is null && !Utf8.IsValid(text))
        {
            FirstInvalid = place;
        }

        if (Texts == 1)
        {
            Form = TextForms.Find(text);
        }
        else if (Form != TextForm.Any && Form != TextForms.Find(text))
        {
            Form = TextForm.Any;
        }
    }
}
