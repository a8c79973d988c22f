using System.Buffers.Binary;

namespace PosTenancy.Postgres.Loading;

/// <summary>Bytes in network order, in an array that is used again.</summary>
internal sealed class ByteBuffer
{
    private byte[] _bytes = new byte[1 << 16];

    /// <summary>The array, of which the first <see cref="Length"/> bytes are used.</summary>
    public byte[] Bytes => _bytes;

    public int Length { get; private set; }

    public void Clear() => Length = 0;

    public void WriteInt16(short value)
    {
        Reserve(sizeof(short));
        BinaryPrimitives.WriteInt16BigEndian(_bytes.AsSpan(Length), value);
        Length += sizeof(short);
    }

    public void WriteInt32(int value)
    {
        Reserve(sizeof(int));
        BinaryPrimitives.WriteInt32BigEndian(_bytes.AsSpan(Length), value);
        Length += sizeof(int);
    }

    public void WriteInt64(long value)
    {
        Reserve(sizeof(long));
        BinaryPrimitives.WriteInt64BigEndian(_bytes.AsSpan(Length), value);
        Length += sizeof(long);
    }

    public void Write(ReadOnlySpan<byte> value)
    {
        Reserve(value.Length);
        value.CopyTo(_bytes.AsSpan(Length));
        Length += value.Length;
    }

    private void Reserve(int count)
    {
        int end = checked(Length + count);
        if (end > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(end, (int)Math.Min(2L * _bytes.Length, int.MaxValue / 2)));
        }
    }
}
