using System.Security.Cryptography;

namespace PosTenancy.Tests.Faults.PowerLoss;

/// <summary>How much unsynced data survives a power loss.</summary>
internal enum Kept
{
    /// <summary>None: a file has its content of the last sync, and is empty if it was never synced.</summary>
    Nothing,

    /// <summary>Every second write: a disk may reorder writes.</summary>
    EverySecond,

    /// <summary>All of it.</summary>
    Everything,
}

/// <summary>A file in the system's view and on the disk.</summary>
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

    /// <summary>Its bytes after a power loss, and their SHA-256.</summary>
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

    /// <summary>Applies writes to the content; a write without bytes truncates or extends it.</summary>
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
