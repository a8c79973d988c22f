using System.Text;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Migration;

/// <summary>Reads a script from its file.</summary>
public static class ScriptFile
{
    private const long MaxLength = 256 << 20;

    /// <summary>Encodings that say in the first bytes which they are. They refuse what they cannot read instead of replacing it.</summary>
    private static readonly (byte[] Mark, Encoding Encoding)[] Marked =
    [
        ([0xEF, 0xBB, 0xBF], new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true)),
        ([0xFF, 0xFE], new UnicodeEncoding(bigEndian: false, byteOrderMark: false, throwOnInvalidBytes: true)),
        ([0xFE, 0xFF], new UnicodeEncoding(bigEndian: true, byteOrderMark: false, throwOnInvalidBytes: true)),
    ];

    /// <summary>Reads a script, and looks at every statement; runs nothing.</summary>
    /// <param name="path">The file: UTF-8, or UTF-16 with a byte order mark.</param>
    /// <exception cref="PosTenancyException">It cannot be read, has no statement, or has one that must not be run.</exception>
    public static MigrationScript Read(string path)
    {
        string full = DatabaseFile.FullPath(path);
        byte[] bytes = Bytes(full);
        return new MigrationScript(full, Path.GetFileName(full), Checksum.Of(bytes), ScriptReader.Read(full, Decode(full, bytes)));
    }

    /// <summary>Reads the text of a file of SQL, without a look at its statements.</summary>
    internal static string ReadText(string path) => Decode(path, Bytes(path));

    private static byte[] Bytes(string path)
    {
        if (Directory.Exists(path))
        {
            throw Errors.ScriptInvalid(path, "is a folder. Name the file in it.");
        }

        // Reading a pipe or a device might never end.
        if (FileIdentity.Of(path) is { IsRegularFile: false })
        {
            throw Errors.ScriptInvalid(path, "is not a file.");
        }

        try
        {
            return new FileInfo(path).Length <= MaxLength
                ? File.ReadAllBytes(path)
                : throw Errors.ScriptInvalid(path, $"has more than {MaxLength >> 20} MiB. Split it, or leave the data out of it.");
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

    private static string Decode(string path, byte[] bytes)
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
                $"is not UTF-8 text: line {line} has a byte that cannot be read. Save it as UTF-8.",
                exception);
        }
    }
}
