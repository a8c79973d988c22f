using System.Buffers.Binary;
using System.Security.Cryptography;
using PosTenancy.Engine.Sqlite;
using SQLitePCL;

namespace PosTenancy.Engine.Tenants;

/// <summary>
/// The rows of a table in a slice, as their count and the sum of their hashes: independent of their order, of the encoding of the
/// database, and of the rules for keys, since new keys are replaced by the original ones. Computed in the memory of one row.
/// </summary>
internal sealed class SliceDigest : IDisposable
{
    private readonly SHA256 _hash = SHA256.Create();
    private byte[] _bytes = new byte[4096];
    private int _length;

    /// <summary>Reads every row of a table in a slice.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="table">Name of the table.</param>
    /// <param name="columns">The columns to hash.</param>
    /// <param name="maps">How the values of each changed on their way into this database; <see langword="null"/> for those of the
    /// source.</param>
    public static Verification.RowDigest Read(
        TenantSlice slice, string table, IReadOnlyList<string> columns, IReadOnlyList<ValueMap?>? maps)
    {
        using SliceDigest digest = new();
        Verification.RowSum sum = new();
        using Statement select = slice.Connection.Prepare(slice.Select(table, columns), slice.Parameter);
        while (select.Step())
        {
            sum.Add(digest.Compute(select.Row, maps));
        }

        return sum.Digest;
    }

    /// <summary>Hashes a row.</summary>
    /// <returns>32 bytes.</returns>
    public byte[] Compute(Row row, IReadOnlyList<ValueMap?>? maps)
    {
        _length = 0;
        int columns = row.Columns;
        for (int i = 0; i < columns; i++)
        {
            if (maps?[i]?.Map(row, i, isBack: true) is { } original)
            {
                Append(original);
                continue;
            }

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
                    ReadOnlySpan<byte> value = type == raw.SQLITE_TEXT ? row.GetUtf8(i) : row.GetBytes(i);
                    Append(type, value.Length, value);
                    break;
            }
        }

        return _hash.ComputeHash(_bytes, 0, _length);
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();

    private void Append(MappedValue value)
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
}
