using System.Buffers.Binary;

namespace PosTenancy.Postgres.Unloading;

/// <summary>
/// Reads the rows of a binary COPY in the memory of the largest value (PostgreSQL's documentation of COPY, "Binary Format").
/// </summary>
/// <param name="stream">The bytes from their beginning.</param>
internal sealed class TupleReader(Stream stream)
{
    /// <summary>Bytes of the signature and the flags.</summary>
    private const int Header = 15;

    private byte[] _bytes = new byte[1 << 16];
    private int _start;
    private int _end;
    private bool _hasBegun;

    /// <summary>Begins the next row.</summary>
    /// <returns>The number of its values; -1 after the last row.</returns>
    public int ReadRow()
    {
        if (!_hasBegun)
        {
            _ = Read(Header);
            _ = Read(BinaryPrimitives.ReadInt32BigEndian(Read(sizeof(int))));
            _hasBegun = true;
        }

        return BinaryPrimitives.ReadInt16BigEndian(Read(sizeof(short)));
    }

    /// <summary>The next value of the row.</summary>
    /// <param name="value">Its bytes, until the next call.</param>
    /// <returns>Whether it is not NULL.</returns>
    public bool ReadValue(out ReadOnlySpan<byte> value)
    {
        int length = BinaryPrimitives.ReadInt32BigEndian(Read(sizeof(int)));
        value = length < 0 ? default : Read(length);
        return length >= 0;
    }

    private ReadOnlySpan<byte> Read(int count)
    {
        if (_end - _start < count)
        {
            Fill(count);
        }

        _start += count;
        return _bytes.AsSpan(_start - count, count);
    }

    private void Fill(int count)
    {
        byte[] bytes = count > _bytes.Length ? new byte[count] : _bytes;
        Buffer.BlockCopy(_bytes, _start, bytes, 0, _end - _start);
        (_bytes, _start, _end) = (bytes, 0, _end - _start);
        while (_end < count)
        {
            int read = stream.Read(_bytes, _end, _bytes.Length - _end);
            _end += read > 0 ? read : throw new EndOfStreamException("The rows ended within a row.");
        }
    }
}
