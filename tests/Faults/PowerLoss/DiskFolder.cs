namespace PosTenancy.Tests.Faults.PowerLoss;

/// <summary>What the disk has under a name.</summary>
/// <param name="Path">The name, relative to the folder that was asked.</param>
/// <param name="Bytes">The bytes of a file; <see langword="null"/> for a folder.</param>
/// <param name="Digest">SHA-256 of the bytes.</param>
internal sealed record DiskEntry(string Path, byte[]? Bytes, string Digest);

/// <summary>
/// A folder as the system shows it, and as the disk has it: names are on the disk only after the folder itself was synced.
/// </summary>
internal sealed class DiskFolder
{
    private Dictionary<string, object> _synced = new(StringComparer.Ordinal);

    /// <summary>Its files and folders by name.</summary>
    public Dictionary<string, object> Now { get; } = new(StringComparer.Ordinal);

    public void Sync() => _synced = new(Now, StringComparer.Ordinal);

    /// <summary>Every file below it after the power was lost, by relative path; a folder has no bytes.</summary>
    /// <param name="keepsNames">Whether the disk has the names that were not synced.</param>
    /// <param name="kept">What it has of the contents.</param>
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
