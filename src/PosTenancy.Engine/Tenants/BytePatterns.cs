using System.Buffers.Binary;

namespace PosTenancy.Engine.Tenants;

/// <summary>Receives bytes that are only valid during the call.</summary>
/// <param name="bytes">The bytes.</param>
internal delegate void BytesAction(ReadOnlySpan<byte> bytes);

/// <summary>
/// Many short byte strings that are searched for in other bytes in one pass. Only filters of a fixed size are kept of them, so memory stays
/// flat whatever their number, and a few bytes are reported that are none of them: the caller has to compare.
/// </summary>
internal sealed class BytePatterns
{
    /// <summary>Shorter values are in any file by chance.</summary>
    public const int MinLength = 6;

    /// <summary>Longer values are searched for in pieces of this length.</summary>
    public const int MaxLength = 64;

    /// <summary>Bytes from one piece of a long value to the next: the smallest overflow page has one, whatever it begins with.</summary>
    private const int Stride = 256;

    /// <summary>A value of fewer different bytes, such as zeros or a column of spaces, may be in a file by chance.</summary>
    private const int MinDifferent = 4;

    private readonly BitFilter _beginnings;
    private readonly BitFilter _all;
    private ulong _lengths;
    private int _longest;

    /// <summary>No pattern yet.</summary>
    /// <param name="bytes">Bytes that the patterns have in all, an upper estimate: the filters grow with it, up to a limit.</param>
    public BytePatterns(long bytes)
    {
        _beginnings = new BitFilter(bytes / 4, log2Max: 26, hashes: 2);
        _all = new BitFilter(bytes, log2Max: 28, hashes: 6);
    }

    /// <summary>Divides a value into the patterns that it is searched for by; none for one that may be anywhere.</summary>
    public static void Divide(ReadOnlySpan<byte> value, BytesAction use)
    {
        if (value.Length <= MaxLength)
        {
            Use(value, use);
            return;
        }

        for (int start = 0; start + MaxLength <= value.Length; start += Stride)
        {
            Use(value.Slice(start, MaxLength), use);
        }

        Use(value.Slice(value.Length - MaxLength), use);
    }

    /// <summary>Adds a pattern that <see cref="Divide"/> has made.</summary>
    public void Add(ReadOnlySpan<byte> pattern)
    {
        _lengths |= 1UL << (pattern.Length - 1);
        _longest = Math.Max(_longest, pattern.Length);
        _beginnings.Add(Beginning(pattern));
        _all.Add(Hash(pattern));
    }

    /// <summary>Whether a pattern was added, or one that the filter cannot tell from it.</summary>
    public bool MayContain(ReadOnlySpan<byte> pattern) => _all.MayContain(Hash(pattern));

    /// <summary>Finds the patterns in some bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="found">Receives what is a pattern, or what the filter cannot tell from one.</param>
    public void Find(ReadOnlySpan<byte> bytes, BytesAction found)
    {
        for (int i = 0; i + MinLength <= bytes.Length; i++)
        {
            if (_beginnings.MayContain(Beginning(bytes.Slice(i))))
            {
                FindAt(bytes.Slice(i, Math.Min(_longest, bytes.Length - i)), found);
            }
        }
    }

    private static void Use(ReadOnlySpan<byte> pattern, BytesAction use)
    {
        if (pattern.Length >= MinLength && HasDifferent(pattern))
        {
            use(pattern);
        }
    }

    private static bool HasDifferent(ReadOnlySpan<byte> bytes)
    {
        Span<byte> seen = stackalloc byte[MinDifferent];
        int count = 0;
        foreach (byte b in bytes)
        {
            if (seen.Slice(0, count).IndexOf(b) >= 0)
            {
                continue;
            }

            seen[count++] = b;
            if (count == MinDifferent)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The first bytes as one number, which is faster to read at each place of a file than to hash.</summary>
    private static ulong Beginning(ReadOnlySpan<byte> bytes) =>
        BinaryPrimitives.ReadUInt32LittleEndian(bytes) |
        ((ulong)BinaryPrimitives.ReadUInt16LittleEndian(bytes.Slice(sizeof(uint))) << 32);

    /// <summary>Every pattern that some bytes begin with.</summary>
    private void FindAt(ReadOnlySpan<byte> bytes, BytesAction found)
    {
        ulong hash = HashBegin;
        for (int length = 1; length <= bytes.Length; length++)
        {
            hash = Next(hash, bytes[length - 1]);
            if ((_lengths & (1UL << (length - 1))) != 0 && _all.MayContain(hash))
            {
                found(bytes.Slice(0, length));
            }
        }
    }

    /// <summary>FNV-1a in 64 bits, which can be continued by one byte.</summary>
    public static ulong Hash(ReadOnlySpan<byte> bytes)
    {
        ulong hash = HashBegin;
        foreach (byte b in bytes)
        {
            hash = Next(hash, b);
        }

        return hash;
    }

    private const ulong HashBegin = 0xCBF29CE484222325;

    private static ulong Next(ulong hash, byte b) => unchecked((hash ^ b) * 0x100000001B3);
}

/// <summary>A Bloom filter: it never denies what was added, and rarely affirms what was not.</summary>
internal sealed class BitFilter
{
    private const int Log2Min = 16;

    private readonly ulong[] _bits;
    private readonly ulong _mask;
    private readonly int _hashes;

    /// <summary>An empty filter.</summary>
    /// <param name="bits">Wanted number of bits, which is rounded up to a power of two.</param>
    /// <param name="log2Max">Logarithm of the highest number of bits.</param>
    /// <param name="hashes">How many bits stand for a value.</param>
    public BitFilter(long bits, int log2Max, int hashes)
    {
        int log2 = Log2Min;
        while (log2 < log2Max && (1L << log2) < bits)
        {
            log2++;
        }

        _bits = new ulong[1 << (log2 - 6)];
        _mask = (1UL << log2) - 1;
        _hashes = hashes;
    }

    /// <summary>Adds a value.</summary>
    public void Add(ulong hash)
    {
        (ulong at, ulong step) = Places(hash);
        for (int i = 0; i < _hashes; i++)
        {
            _bits[(at & _mask) >> 6] |= 1UL << (int)(at & 63);
            at += step;
        }
    }

    /// <summary>Whether a value may have been added.</summary>
    public bool MayContain(ulong hash)
    {
        (ulong at, ulong step) = Places(hash);
        for (int i = 0; i < _hashes; i++)
        {
            if ((_bits[(at & _mask) >> 6] & (1UL << (int)(at & 63))) == 0)
            {
                return false;
            }

            at += step;
        }

        return true;
    }

    /// <summary>The first bit, and the distance to the next: the low bits of FNV-1a alone are not even enough.</summary>
    private static (ulong At, ulong Step) Places(ulong hash)
    {
        ulong mixed = unchecked((hash ^ (hash >> 32)) * 0x9E3779B97F4A7C15);
        mixed ^= mixed >> 29;
        return (mixed, (mixed >> 32) | 1);
    }
}
