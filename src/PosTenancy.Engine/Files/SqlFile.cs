using System.Text;

namespace PosTenancy.Engine.Files;

/// <summary>Reads the text of a file of SQL statements: UTF-8, or UTF-16 with a byte order mark.</summary>
internal static class SqlFile
{
    private const long MaxLength = 256 << 20;

    /// <summary>Encodings identified by a byte order mark. They reject invalid bytes instead of replacing them.</summary>
    private static readonly (byte[] Mark, Encoding Encoding)[] Marked =
    [
        ([0xEF, 0xBB, 0xBF], new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true)),
        ([0xFF, 0xFE], new UnicodeEncoding(bigEndian: false, byteOrderMark: false, throwOnInvalidBytes: true)),
        ([0xFE, 0xFF], new UnicodeEncoding(bigEndian: true, byteOrderMark: false, throwOnInvalidBytes: true)),
    ];

    /// <summary>Reads the text of a file.</summary>
    /// <exception cref="PosTenancyException">The file cannot be read.</exception>
    public static string ReadText(string path) => Decode(path, ReadBytes(path));

    /// <summary>Reads the bytes of a file, for decoding and hashing.</summary>
    /// <exception cref="PosTenancyException">The file is missing, not a regular file, too large or unreadable.</exception>
    public static byte[] ReadBytes(string path)
    {
        if (Directory.Exists(path))
        {
            throw Errors.ScriptInvalid(path, "is a folder. Name the file in it.");
        }

        // Reading a pipe or a device might never end.
        if (FileIdentity.Read(path) is { IsRegularFile: false })
        {
            throw Errors.ScriptInvalid(path, "is not a file.");
        }

        try
        {
            return new FileInfo(path).Length <= MaxLength
                ? File.ReadAllBytes(path)
                : throw Errors.ScriptInvalid(path, $"is larger than {MaxLength >> 20} MiB. Split it, or remove data from it.");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Errors.ScriptNotFound(path, exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Errors.ScriptInvalid(path, $"cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Decodes the bytes of a file.</summary>
    /// <exception cref="PosTenancyException">A byte is not valid in the file's encoding.</exception>
    public static string Decode(string path, byte[] bytes)
    {
        (byte[] mark, Encoding encoding) = Array.Find(Marked, m => bytes.AsSpan().StartsWith(m.Mark));
        int start = mark?.Length ?? 0;
        try
        {
            return (encoding ?? Marked[0].Encoding).GetString(bytes, start, bytes.Length - start);
        }
        catch (DecoderFallbackException exception)
        {
            int line = 1 + bytes.Take(start + Math.Max(exception.Index, 0)).Count(b => b == '\n');
            throw Errors.ScriptInvalid(
                path,
                $"is not UTF-8 text: line {line} contains an invalid byte. Save it as UTF-8.",
                exception);
        }
    }
}
