using System.Buffers.Binary;
using System.Security.Cryptography;
using SQLitePCL;

namespace PosTenancy.Engine.Sqlite;

/// <summary>SHA-256 of the values of a row: storage class, length and bytes of each, so that 1, 1.0 and '1' differ.</summary>
internal sealed class RowHash : IDisposable
{
    /// <summary>Longer values are hashed separately and contribute their hash, so that a row is never in memory as a whole.</summary>
    private const int MaxValue = 1 << 16;

    private readonly SHA256 _row = SHA256.Create();
    private readonly IncrementalHash _value = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] _bytes = new byte[4096];
    private int _length;

    /// <summary>Hashes columns of a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="first">Index of the first column to hash.</param>
    /// <returns>32 bytes.</returns>
    public byte[] Compute(Row row, int first)
    {
        _length = 0;
        int columns = row.Columns;
        for (int i = first; i < columns; i++)
        {
            int type = row.Type(i);
            switch (type)
            {
                case raw.SQLITE_INTEGER:
                    Append(type, row.GetInt64(i), []);
                    break;
                case raw.SQLITE_FLOAT:
                    Append(type, BitConverter.DoubleToInt64Bits(row.GetDouble(i)), []);
                    break;
                case raw.SQLITE_NULL:
                    Append(type, 0, []);
                    break;
                default:
                    // Also for text: its bytes as stored, in whatever encoding.
                    ReadOnlySpan<byte> value = row.GetBytes(i);
                    Append(type, value.Length, value.Length <= MaxValue ? value : HashOf(value));
                    break;
            }
        }

        return _row.ComputeHash(_bytes, 0, _length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _row.Dispose();
        _value.Dispose();
    }

    private void Append(int type, long number, ReadOnlySpan<byte> bytes)
    {
        int end = _length + 9 + bytes.Length;
        if (end > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(end, 2 * _bytes.Length));
        }

        _bytes[_length] = (byte)type;
        BinaryPrimitives.WriteInt64LittleEndian(_bytes.AsSpan(_length + 1), number);
        bytes.CopyTo(_bytes.AsSpan(_length + 9));
        _length = end;
    }

    private byte[] HashOf(ReadOnlySpan<byte> value)
    {
        byte[] block = new byte[MaxValue];
        for (int start = 0; start < value.Length; start += block.Length)
        {
            int count = Math.Min(block.Length, value.Length - start);
            value.Slice(start, count).CopyTo(block);
            _value.AppendData(block, 0, count);
        }

        return _value.GetHashAndReset();
    }
}
