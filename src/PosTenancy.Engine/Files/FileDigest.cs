using System.Security.Cryptography;
using System.Text;

namespace PosTenancy.Engine.Files;

/// <summary>SHA-256 of a database file, read block by block: memory use is constant whatever the size.</summary>
internal static class FileDigest
{
    /// <summary>Hashes a file on which this process holds no lock.</summary>
    public static string Compute(string path, int pageSize, Action<long>? progress, CancellationToken cancellation)
    {
        using FileStream stream = FileBlocks.Open(path);
        return Compute(stream, pageSize, progress, cancellation);
    }

    /// <summary>Hashes an open file from its beginning and leaves it open.</summary>
    public static string Compute(FileStream source, int pageSize, Action<long>? progress, CancellationToken cancellation) =>
        Compute(source, static (_, _) => { }, pageSize, progress, cancellation);

    /// <summary>Hashes an open file from its beginning and compares it with another.</summary>
    /// <param name="file">The file to hash; stays open.</param>
    /// <param name="other">The file to compare with; stays open.</param>
    /// <param name="pageSize">Page size of the database in bytes, to find the lock page.</param>
    /// <param name="progress">Receives the number of bytes processed.</param>
    /// <param name="cancellation">Cancels between two blocks.</param>
    /// <returns>SHA-256 of the first file, and whether the other has the same bytes.</returns>
    public static (string Hash, bool IsEqual) Compare(
        FileStream file, FileStream other, int pageSize, Action<long>? progress, CancellationToken cancellation)
    {
        bool isEqual = file.Length == other.Length;
        byte[] compared = new byte[FileBlocks.Size];
        other.Position = 0;
        string hash = Compute(
            file,
            (block, length) =>
                isEqual = isEqual
                    && FileBlocks.Read(other, compared, pageSize) == length
                    && block.AsSpan(0, length).SequenceEqual(compared.AsSpan(0, length)),
            pageSize,
            progress,
            cancellation);
        return (hash, isEqual);
    }

    /// <summary>Hashes an open file from its beginning, on a second thread, while this one does something else with what is read.</summary>
    /// <param name="source">The file; stays open.</param>
    /// <param name="alongside">Receives each block, and how many bytes of it are the file's.</param>
    /// <param name="pageSize">Page size of the database in bytes, to find the lock page.</param>
    /// <param name="progress">Receives the number of bytes processed.</param>
    /// <param name="cancellation">Cancels between two blocks.</param>
    /// <returns>SHA-256 of the bytes, 64 lower-case hexadecimal digits.</returns>
    public static string Compute(
        FileStream source, Action<byte[], int> alongside, int pageSize, Action<long>? progress, CancellationToken cancellation)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] current = new byte[FileBlocks.Size];
        byte[] next = new byte[FileBlocks.Size];
        source.Position = 0;
        int count = FileBlocks.Read(source, current, pageSize);
        while (count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            byte[] block = current;
            int length = count;
            Task hashing = Task.Run(() => hash.AppendData(block, 0, length), CancellationToken.None);
            try
            {
                alongside(block, length);
                count = FileBlocks.Read(source, next, pageSize);
            }
            finally
            {
                hashing.GetAwaiter().GetResult();
            }

            (current, next) = (next, current);
            progress?.Invoke(source.Position);
        }

        return ToHex(hash.GetHashAndReset());
    }

    /// <summary>Bytes as lower-case hexadecimal digits.</summary>
    public static string ToHex(byte[] bytes)
    {
        StringBuilder text = new(bytes.Length * 2);
        foreach (byte b in bytes)
        {
            text.Append(b.ToString("x2", System.Globalization.CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }
}
