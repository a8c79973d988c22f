using System.Buffers.Binary;
using PosTenancy.Engine.Sqlite;
using SQLitePCL;

namespace PosTenancy.Engine.Tenants;

/// <summary>
/// Some values of a row as bytes, with mapped keys replaced by the original ones: equal for equal values, whatever the encoding of the
/// database, and ascending for ascending integers.
/// </summary>
/// <param name="columns">Indexes of the columns.</param>
/// <param name="maps">How the values of each column of the row changed on their way into the database.</param>
internal sealed class RowKey(IReadOnlyList<int> columns, IReadOnlyList<ValueMap?>? maps) : IDisposable
{
    private readonly MemoryStream _bytes = new();

    /// <summary>Reads a row.</summary>
    public byte[] Read(Row row)
    {
        _bytes.SetLength(0);
        foreach (int column in columns)
        {
            MappedValue? original = maps?[column]?.Map(row, column, isBack: true);
            switch (row.Type(column))
            {
                case raw.SQLITE_NULL:
                    _bytes.WriteByte(0);
                    break;
                case raw.SQLITE_INTEGER:
                    Append(1, unchecked((original?.Integer ?? row.GetInt64(column)) ^ long.MinValue));
                    break;
                case raw.SQLITE_FLOAT:
                    Append(2, BitConverter.DoubleToInt64Bits(original?.Real ?? row.GetDouble(column)));
                    break;
                case raw.SQLITE_TEXT:
                    Append(3, original is { Text: { } text } ? text : row.GetUtf8(column));
                    break;
                default:
                    Append(4, row.GetBytes(column));
                    break;
            }
        }

        return _bytes.ToArray();
    }

    /// <inheritdoc/>
    public void Dispose() => _bytes.Dispose();

    private void Append(byte type, long number)
    {
        byte[] bytes = new byte[9];
        bytes[0] = type;
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(1), number);
        _bytes.Write(bytes, 0, bytes.Length);
    }

    /// <summary>The length comes last, so that texts are in the order of their bytes.</summary>
    private void Append(byte type, ReadOnlySpan<byte> value)
    {
        _bytes.WriteByte(type);
        _bytes.Write(value.ToArray(), 0, value.Length);
        Append(0, value.Length);
    }
}
