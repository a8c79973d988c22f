namespace PosTenancy.Tests.Faults.PowerLoss;

/// <summary>A directory entry on the disk.</summary>
/// <param name="Path">Path relative to the modelled folder.</param>
/// <param name="Bytes">Content of a file; <see langword="null"/> for a folder.</param>
/// <param name="Digest">SHA-256 of the bytes.</param>
internal sealed record DiskEntry(string Path, byte[]? Bytes, string Digest);

/// <summary>
/// A folder in the system's view and on the disk: names are on the disk only after the folder itself was synced.
/// </summary>
internal sealed class DiskFolder
{
    private Dictionary<string, object> _synced = new(StringComparer.Ordinal);

    /// <summary>Its current files and folders by name.</summary>
    public Dictionary<string, object> Now { get; } = new(StringComparer.Ordinal);

    public void Sync() => _synced = new(Now, StringComparer.Ordinal);

    /// <summary>Every entry below it after a power loss, by relative path; a folder has no bytes.</summary>
    /// <param name="keepsNames">Whether unsynced names survive.</param>
    /// <param name="kept">How much unsynced content survives.</param>
    public IEnumerable<DiskEntry> After(bool keepsNames, Kept kept)
    {
        foreach ((string name, object entry) in (keepsNames ? Now : _synced).OrderBy(e => e.Key, StringComparer.Ordinal))
        {
            if (entry is DiskFile file)
            {
                (byte[] bytes, string digest) = file.After(kept);
                yield return new DiskEntry(name, bytes, digest);
                continue;
            }

            yield return new DiskEntry(name, null, "folder");
            foreach (DiskEntry below in ((DiskFolder)entry).After(keepsNames, kept))
            {
                yield return below with { Path = $"{name}/{below.Path}" };
            }
        }
    }
}
