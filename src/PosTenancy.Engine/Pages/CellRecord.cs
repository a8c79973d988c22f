using System.Text;

namespace PosTenancy.Engine.Pages;

/// <summary>How a value is stored in a record.</summary>
internal enum StorageClass
{
    /// <summary>
    /// The record ends before the column, which was added later: its value is the DEFAULT (sqlite.org/fileformat2.html, 2.1).
    /// </summary>
    Missing,

    Null,

    /// <summary>Also a whole number in a column of affinity REAL, where it takes fewer bytes; SQLite converts it when it reads.</summary>
    Integer,

    Real,

    Text,

    Blob,
}

/// <summary>
/// The columns of a row, decoded one by one. They are those of the record: a table WITHOUT ROWID begins with its primary key, a virtual
/// generated column is not stored, and an INTEGER PRIMARY KEY is stored as NULL, because it is the rowid. Source: "Record Format",
/// sqlite.org/fileformat2.html, 2.1.
/// </summary>
/// <param name="cells">The rows; the record is the one of the current row.</param>
internal sealed class CellRecord(BTreeCells cells)
{
    /// <summary>The most columns that SQLite can be built for (SQLITE_MAX_COLUMN).</summary>
    private const int MaxColumns = 32767;

    private readonly Encoding _encoding = cells.Pages.Header.Encoding;
    private ulong[] _types = new ulong[32];
    private int[] _offsets = new int[32];

    /// <summary>Number of columns in the record.</summary>
    public int Count { get; private set; }

    /// <summary>Reads the header of the current row's record.</summary>
    /// <exception cref="PosTenancyException">The record is damaged.</exception>
    public void Read()
    {
        int length = cells.PayloadLength;
        Count = 0;
        ArraySegment<byte> bytes = cells.Load(Math.Min(length, 9));
        int position = bytes.Offset;
        if (!CellFormat.TryReadVarint(bytes.Array!, ref position, bytes.Offset + Math.Min(length, bytes.Count), out ulong header) ||
            header > (ulong)length || (int)header < position - bytes.Offset)
        {
            throw Damaged();
        }

        int begin = position - bytes.Offset;
        bytes = cells.Load((int)header);
        position = bytes.Offset + begin;
        int end = bytes.Offset + (int)header;
        long offset = (long)header;
        while (position < end)
        {
            if (!CellFormat.TryReadVarint(bytes.Array!, ref position, end, out ulong type) || type is 10 or 11 || Count == MaxColumns)
            {
                throw Damaged();
            }

            if (Count == _types.Length)
            {
                Array.Resize(ref _types, 2 * Count);
                Array.Resize(ref _offsets, 2 * Count);
            }

            _types[Count] = type;
            _offsets[Count] = (int)offset;
            Count++;
            offset += Length(type);
            if (offset > length)
            {
                throw Damaged();
            }
        }
    }

    /// <summary>The storage class of a column, by its index in the record.</summary>
    public StorageClass Class(int column) => column >= Count ? StorageClass.Missing : _types[column] switch
    {
        0 => StorageClass.Null,
        7 => StorageClass.Real,
        8 or 9 or <= 6 => StorageClass.Integer,
        ulong type => type % 2 == 0 ? StorageClass.Blob : StorageClass.Text,
    };

    /// <summary>The bytes of a column as they are stored, valid until the next row or the next value of this row is read.</summary>
    /// <exception cref="PosTenancyException">The overflow pages are damaged.</exception>
    public ArraySegment<byte> Bytes(int column)
    {
        Require(column < Count);
        int length = Length(_types[column]);
        ArraySegment<byte> record = cells.Load(_offsets[column] + length);
        return new ArraySegment<byte>(record.Array!, record.Offset + _offsets[column], length);
    }

    /// <summary>The value of an <see cref="StorageClass.Integer"/>.</summary>
    public long Integer(int column)
    {
        Require(Class(column) == StorageClass.Integer);
        return _types[column] >= 8 ? (long)_types[column] - 8 : BigEndian(Bytes(column));
    }

    /// <summary>The value of a <see cref="StorageClass.Real"/>.</summary>
    public double Real(int column)
    {
        Require(Class(column) == StorageClass.Real);
        return BitConverter.Int64BitsToDouble(BigEndian(Bytes(column)));
    }

    /// <summary>The value of a <see cref="StorageClass.Text"/>; bytes that are invalid in the encoding become U+FFFD.</summary>
    public string Text(int column)
    {
        Require(Class(column) == StorageClass.Text);
        ArraySegment<byte> bytes = Bytes(column);
        return _encoding.GetString(bytes.Array!, bytes.Offset, bytes.Count);
    }

    /// <summary>Bytes of a value by its serial type, which is neither 10 nor 11.</summary>
    private static int Length(ulong type) => type switch
    {
        0 or 8 or 9 => 0,
        <= 4 => (int)type,
        5 => 6,
        6 or 7 => 8,
        _ => (int)Math.Min((type - 12) / 2, int.MaxValue),
    };

    private static long BigEndian(ArraySegment<byte> bytes)
    {
        long value = (sbyte)bytes.Array![bytes.Offset];
        for (int i = 1; i < bytes.Count; i++)
        {
            value = (value << 8) | bytes.Array[bytes.Offset + i];
        }

        return value;
    }

    private static void Require(bool isTrue)
    {
        if (!isTrue)
        {
            throw new InvalidOperationException("The column has no value of this class.");
        }
    }

    private PosTenancyException Damaged() => cells.Pages.Damaged($"a row on page {cells.Page} has a corrupt header");
}
