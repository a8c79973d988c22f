using System.Security.Cryptography;

namespace PosTenancy.Tests.Faults.PowerLoss;

/// <summary>How much of what was not synced the disk has kept.</summary>
internal enum Kept
{
    /// <summary>Nothing: a file is what it was at its last sync, and empty if it never was synced.</summary>
    Nothing,

    /// <summary>Every second write: a disk writes in the order that suits it.</summary>
    EverySecond,

    /// <summary>Everything.</summary>
    Everything,
}

/// <summary>A file as the system shows it, and as the disk has it.</summary>
internal sealed class DiskFile
{
    private readonly List<(long Offset, byte[]? Bytes)> _unsynced = [];
    private readonly Dictionary<Kept, (byte[] Bytes, string Digest)> _after = [];
    private byte[] _synced;

    public DiskFile(byte[] content) => _synced = content;

    public void Write(long offset, byte[] bytes) => Change(offset, bytes);

    public void Truncate(long length) => Change(length, bytes: null);

    public void Sync()
    {
        _synced = After(Kept.Everything).Bytes;
        _unsynced.Clear();
        _after.Clear();
    }

    /// <summary>Its bytes after the power was lost, and their SHA-256.</summary>
    public (byte[] Bytes, string Digest) After(Kept kept)
    {
        if (!_after.TryGetValue(kept, out (byte[] Bytes, string Digest) after))
        {
            byte[] bytes = kept switch
            {
                Kept.Nothing => _synced,
                Kept.Everything => With(_unsynced),
                _ => With(_unsynced.Where((_, n) => n % 2 == 1)),
            };
            _after[kept] = after = (bytes, Convert.ToHexString(SHA256.HashData(bytes)));
        }

        return after;
    }

    private void Change(long offset, byte[]? bytes)
    {
        _unsynced.Add((offset, bytes));
        _after.Remove(Kept.Everything);
        _after.Remove(Kept.EverySecond);
    }

    /// <summary>The content with writes; one that has no bytes cuts it off, or extends it.</summary>
    private byte[] With(IEnumerable<(long Offset, byte[]? Bytes)> changes)
    {
        using MemoryStream content = new();
        content.Write(_synced);
        foreach ((long offset, byte[]? bytes) in changes)
        {
            if (bytes is null)
            {
                content.SetLength(offset);
            }
            else
            {
                content.Position = offset;
                content.Write(bytes);
            }
        }

        return content.ToArray();
    }
}
