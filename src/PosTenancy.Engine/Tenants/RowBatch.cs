using System.Buffers.Binary;
using SQLitePCL;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Tenants;

/// <summary>
/// Rows as bytes, on their way from one thread to another or into a hash: for each value its storage class, its number or length, and its
/// bytes, text in UTF-8 whatever the encoding of the database.
/// </summary>
internal sealed class RowBatch : IRowBatch
{
    /// <summary>Bytes of a value before its own: the storage class, and a number.</summary>
    private const int Header = 9;

    private byte[] _bytes = new byte[1 << 16];

    /// <summary>Number of bytes.</summary>
    public int Length { get; private set; }

    /// <summary>Where each row ends.</summary>
    public List<int> Ends { get; } = [];

    /// <summary>The buffer, of which the first <see cref="Length"/> bytes are used.</summary>
    public byte[] Bytes => _bytes;

    /// <summary>Ends a row.</summary>
    public void EndRow() => Ends.Add(Length);

    /// <summary>Removes all rows.</summary>
    public void Clear()
    {
        Length = 0;
        Ends.Clear();
    }

    /// <summary>Appends a value of a row.</summary>
    public void Append(Row row, int column)
    {
        int type = row.Type(column);
        switch (type)
        {
            case raw.SQLITE_INTEGER:
                Append(type, row.GetInt64(column), []);
                break;
            case raw.SQLITE_FLOAT:
                Append(type, BitConverter.DoubleToInt64Bits(row.GetDouble(column)), []);
                break;
            case raw.SQLITE_NULL:
                Append(type, 0, []);
                break;
            default:
                ReadOnlySpan<byte> value = type == raw.SQLITE_TEXT ? row.GetUtf8(column) : row.GetBytes(column);
                Append(type, value.Length, value);
                break;
        }
    }

    /// <summary>Appends a value that takes the place of another.</summary>
    public void Append(MappedValue value)
    {
        if (value.Integer is { } integer)
        {
            Append(raw.SQLITE_INTEGER, integer, []);
        }
        else if (value.Real is { } real)
        {
            Append(raw.SQLITE_FLOAT, BitConverter.DoubleToInt64Bits(real), []);
        }
        else
        {
            Append(raw.SQLITE_TEXT, value.Text!.Length, value.Text);
        }
    }

    /// <summary>Appends the values of a row, and ends it.</summary>
    /// <param name="row">The row.</param>
    /// <param name="columns">How many of its columns.</param>
    /// <param name="maps">How their values change; <see langword="null"/> if they stay.</param>
    /// <param name="isBack">Whether the original values are asked for.</param>
    public void AppendRow(Row row, int columns, IReadOnlyList<ValueMap?>? maps, bool isBack)
    {
        for (int i = 0; i < columns; i++)
        {
            if (maps is not null && i < maps.Count && maps[i]?.Map(row, i, isBack) is { } mapped)
            {
                Append(mapped);
            }
            else
            {
                Append(row, i);
            }
        }

        EndRow();
    }

    /// <summary>Binds the values of a row to a statement.</summary>
    /// <param name="statement">The statement, whose parameters ?1, ?2 … they become.</param>
    /// <param name="start">Where the row begins.</param>
    /// <param name="end">Where it ends.</param>
    public void Bind(Statement statement, int start, int end)
    {
        for (int parameter = 1; start < end; parameter++)
        {
            int type = _bytes[start];
            long number = BinaryPrimitives.ReadInt64LittleEndian(_bytes.AsSpan(start + 1));
            start += Header;
            switch (type)
            {
                case raw.SQLITE_INTEGER:
                    statement.BindInteger(parameter, number);
                    break;
                case raw.SQLITE_FLOAT:
                    statement.BindReal(parameter, BitConverter.Int64BitsToDouble(number));
                    break;
                case raw.SQLITE_NULL:
                    statement.BindNull(parameter);
                    break;
                case raw.SQLITE_TEXT:
                    statement.BindText(parameter, _bytes.AsSpan(start, (int)number));
                    start += (int)number;
                    break;
                default:
                    statement.BindBlob(parameter, _bytes.AsSpan(start, (int)number));
                    start += (int)number;
                    break;
            }
        }
    }

    private void Append(int type, long number, ReadOnlySpan<byte> bytes)
    {
        int end = checked(Length + Header + bytes.Length);
        if (end > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(end, (int)Math.Min(2L * _bytes.Length, int.MaxValue / 2)));
        }

        _bytes[Length] = (byte)type;
        BinaryPrimitives.WriteInt64LittleEndian(_bytes.AsSpan(Length + 1), number);
        bytes.CopyTo(_bytes.AsSpan(Length + Header));
        Length = end;
    }
}
