namespace PosTenancy.Tests.Hostile.Corruption;

/// <summary>Damages a file as disks, cables, sync clients and attackers do; the same seed causes the same damage.</summary>
internal sealed class Mutation
{
    private const int MaxSteps = 3;

    private readonly Random _random;
    private readonly SampleFile _sample;
    private readonly List<string> _steps = [];

    private Mutation(int seed, SampleFile sample)
    {
        _random = new Random(seed);
        _sample = sample;
        Bytes = [.. sample.Bytes];
        Log = sample.Log is { } log ? [.. log] : null;
    }

    public byte[] Bytes { get; private set; }

    public byte[]? Log { get; private set; }

    /// <summary>A rollback journal that no program wrote.</summary>
    public byte[]? Journal { get; private set; }

    public string Description => $"{_sample.Name}: {string.Join(", ", _steps)}";

    private int Pages => Math.Max(1, Bytes.Length / _sample.PageSize);

    public static Mutation From(int seed, SampleFile sample)
    {
        Mutation mutation = new(seed, sample);
        for (int steps = 1 + (mutation._random.Next(MaxSteps) * mutation._random.Next(2)); steps > 0; steps--)
        {
            mutation.Step();
        }

        return mutation;
    }

    private void Step()
    {
        Action[] kinds =
        [
            Flip,
            Flip,
            HeadOfPage,
            HeadOfPage,
            Swap,
            Zero,
            Duplicate,
            Truncate,
            Header,
            Header,
            CellPointer,
            CellPointer,
            Cell,
            Cell,
            Varint,
            FreeList,
            PointerMap,
            Overflow,
            Append,
            Noise,
        ];
        int kind = _random.Next(kinds.Length + (Log is null ? 1 : 6));
        if (kind < kinds.Length)
        {
            kinds[kind]();
        }
        else if (Log is null)
        {
            Junk();
        }
        else
        {
            DamageLog();
        }
    }

    private void Flip()
    {
        int count = 1 + _random.Next(8);
        for (int i = 0; i < count; i++)
        {
            Bytes[_random.Next(Bytes.Length)] ^= (byte)(1 << _random.Next(8));
        }

        _steps.Add($"{count} bits flipped");
    }

    private void HeadOfPage() => Set("head of a page", PageStart() + _random.Next(16), 1 + _random.Next(2));

    private void Swap()
    {
        (int one, int other) = (PageOffset(), PageOffset());
        byte[] kept = Page(one);
        Array.Copy(Bytes, other, Bytes, one, kept.Length);
        Array.Copy(kept, 0, Bytes, other, Math.Min(kept.Length, Bytes.Length - other));
        _steps.Add($"pages at {one} and {other} swapped");
    }

    private void Zero()
    {
        int page = PageOffset();
        Array.Clear(Bytes, page, Math.Min(_sample.PageSize, Bytes.Length - page));
        _steps.Add($"page at {page} zeroed");
    }

    private void Duplicate()
    {
        (int from, int to) = (PageOffset(), PageOffset());
        byte[] kept = Page(from);
        Array.Copy(kept, 0, Bytes, to, Math.Min(kept.Length, Bytes.Length - to));
        _steps.Add($"page at {from} written over that at {to}");
    }

    private void Truncate()
    {
        int length = _random.Next(2) == 0 ? PageOffset() : _random.Next(Bytes.Length);
        Bytes = Bytes[..Math.Max(1, length)];
        _steps.Add($"cut to {Bytes.Length} bytes");
    }

    private void Header() => Set("header", _random.Next(100), _random.Next(3) == 0 ? 4 : 1);

    private void CellPointer()
    {
        int start = PageStart();
        Set("cell pointer", start + 8 + (2 * _random.Next(20)), 2);
    }

    private void Cell() => Set("cell", PageOffset() + (_sample.PageSize / 2) + _random.Next(_sample.PageSize / 2), 1 + _random.Next(4));

    private void Varint()
    {
        int place = _random.Next(Bytes.Length);
        int length = Math.Min(1 + _random.Next(9), Bytes.Length - place);
        Bytes.AsSpan(place, length).Fill((byte)(_random.Next(2) == 0 ? 0xFF : 0x80));
        _steps.Add($"varint of {length} at {place}");
    }

    private void FreeList()
    {
        if (_random.Next(2) == 0 || Bytes.Length < 100)
        {
            Set("free list in the header", 32 + (4 * _random.Next(2)), 4);
            return;
        }

        long trunk = Bytes[34] << 8 | Bytes[35];
        Set("free list", (int)(Math.Clamp(trunk - 1, 0, Pages - 1) * _sample.PageSize) + (4 * _random.Next(6)), 4);
    }

    private void PointerMap() => Set("pointer map", Math.Min(Pages - 1, 1) * _sample.PageSize + (5 * _random.Next(60)), 5);

    private void Overflow() => Set("overflow", PageOffset(), 4);

    private void Append()
    {
        byte[] more = new byte[_random.Next(1, 3 * _sample.PageSize)];
        if (_random.Next(2) == 0)
        {
            _random.NextBytes(more);
        }

        Bytes = [.. Bytes, .. more];
        _steps.Add($"{more.Length} bytes appended");
    }

    private void Noise()
    {
        byte[] noise = new byte[Math.Min(1 << _random.Next(4, 13), Bytes.Length)];
        _random.NextBytes(noise);
        int place = _random.Next(Bytes.Length - noise.Length + 1);
        noise.CopyTo(Bytes, place);
        _steps.Add($"{noise.Length} bytes of noise at {place}");
    }

    private void DamageLog()
    {
        byte[] log = Log!;
        int place = _random.Next(log.Length);
        switch (_random.Next(5))
        {
            case 0:
                Log = log[..place];
                break;
            case 1:
                log[_random.Next(Math.Min(32, log.Length))] ^= (byte)(1 << _random.Next(8));
                break;
            case 2:
                log[place] ^= (byte)(1 << _random.Next(8));
                break;
            case 3:
                Array.Clear(log, place, Math.Min(_sample.PageSize, log.Length - place));
                break;
            default:
                Log = [.. log, .. log[(log.Length / 2)..]];
                break;
        }

        _steps.Add($"log damaged at {place}");
    }

    private void Junk()
    {
        byte[] journal = new byte[512 + _random.Next(4096)];
        _random.NextBytes(journal);
        if (_random.Next(2) == 0)
        {
            // The magic number of a journal that must be rolled back.
            new byte[] { 0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7, 0xFF, 0xFF, 0xFF, 0xFF }.CopyTo(journal, 0);
        }

        Journal = journal;
        _steps.Add("journal of noise");
    }

    /// <summary>Writes a harmful value: zeros, ones, the maximum, the number of an existing page, a random one.</summary>
    private void Set(string what, int place, int length)
    {
        place = Math.Clamp(place, 0, Bytes.Length - 1);
        length = Math.Min(length, Bytes.Length - place);
        byte[] value = new byte[length];
        switch (_random.Next(5))
        {
            case 0:
                break;
            case 1:
                value.AsSpan().Fill(0xFF);
                break;
            case 2:
                value[^1] = (byte)(1 + _random.Next(Math.Min(Pages + 1, 255)));
                break;
            case 3:
                value[0] = 0x7F;
                break;
            default:
                _random.NextBytes(value);
                break;
        }

        value.CopyTo(Bytes, place);
        _steps.Add($"{what} at {place}: {Convert.ToHexString(value)}");
    }

    private int PageOffset() => Math.Min(_random.Next(Pages) * _sample.PageSize, Bytes.Length - 1);

    /// <summary>Offset of a page's header.</summary>
    private int PageStart() => PageOffset() is var offset && offset == 0 ? Math.Min(100, Bytes.Length - 1) : offset;

    private byte[] Page(int offset) => Bytes[offset..Math.Min(offset + _sample.PageSize, Bytes.Length)];
}
