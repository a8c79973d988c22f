using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace PosTenancy.Engine.Files;

/// <summary>
/// Reads a file back by its name while it is being written, and hashes what it reads: its SHA-256 is known soon after the last byte.
/// </summary>
internal sealed class FollowingDigest : IDisposable
{
    private readonly BlockingCollection<long> _written = [];
    private readonly Task<string> _reading;

    /// <summary>Begins to read a file that has been created.</summary>
    public FollowingDigest(string path)
    {
        _reading = Task.Run(() => Read(path));
    }

    /// <summary>Says how many bytes have been written.</summary>
    public void Advance(long written) => _written.Add(written);

    /// <summary>Waits until everything was read.</summary>
    /// <returns>SHA-256 of the bytes that were read back, 64 lower-case hexadecimal digits.</returns>
    public string Finish()
    {
        _written.CompleteAdding();
        return _reading.GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing may have the file open after this: it is renamed or removed.
        _written.CompleteAdding();
        _ = Task.WhenAny(_reading).GetAwaiter().GetResult();
        _written.Dispose();
    }

    private string Read(string path)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using FileStream file = FileBlocks.Open(path);
        byte[] block = new byte[FileBlocks.Size];
        foreach (long end in _written.GetConsumingEnumerable())
        {
            int count;
            while (file.Position < end && (count = file.Read(block, 0, (int)Math.Min(block.Length, end - file.Position))) > 0)
            {
                hash.AppendData(block, 0, count);
            }
        }

        return FileDigest.ToHex(hash.GetHashAndReset());
    }
}
