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
        return Copy(stream, Stream.Null, pageSize, progress, cancellation);
    }

    /// <summary>Hashes an open file from its beginning and leaves it open.</summary>
    public static string Compute(FileStream source, int pageSize, Action<long>? progress, CancellationToken cancellation) =>
        Copy(source, Stream.Null, pageSize, progress, cancellation);

    /// <summary>Copies an open file from its beginning and hashes the copied bytes on a second thread.</summary>
    /// <param name="source">The file to read; stays open.</param>
    /// <param name="target">Stream to write to.</param>
    /// <param name="pageSize">Page size of the database in bytes, to find the lock page.</param>
    /// <param name="progress">Receives the number of bytes processed.</param>
    /// <param name="cancellation">Cancels between two blocks.</param>
    /// <returns>SHA-256 of the bytes, 64 lower-case hexadecimal digits.</returns>
    public static string Copy(FileStream source, Stream target, int pageSize, Action<long>? progress, CancellationToken cancellation)
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
                DurableFile.Write(target, block, length);
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
