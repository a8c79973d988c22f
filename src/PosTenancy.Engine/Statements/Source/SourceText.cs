using System.Text;

namespace PosTenancy.Engine.Statements.Source;

/// <summary>The text of a source file and its lines.</summary>
internal sealed class SourceText
{
    private const int Sniffed = 8192;

    private static readonly byte[] Utf8 = [0xEF, 0xBB, 0xBF];
    private static readonly byte[] LittleEndian = [0xFF, 0xFE];
    private static readonly byte[] BigEndian = [0xFE, 0xFF];

    private readonly List<int> _lineStarts = [0];

    public SourceText(string text)
    {
        Text = text;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n' || (text[i] == '\r' && !(i + 1 < text.Length && text[i + 1] == '\n')))
            {
                _lineStarts.Add(i + 1);
            }
        }
    }

    public string Text { get; }

    /// <summary>Line, from 1, of a character.</summary>
    public int Line(int index)
    {
        int found = _lineStarts.BinarySearch(index);
        return found >= 0 ? found + 1 : ~found;
    }

    /// <summary>Column, from 1, of a character.</summary>
    public int Column(int index) => index - _lineStarts[Line(index) - 1] + 1;

    /// <summary>
    /// Decodes a file as UTF-8, or as UTF-16 with a byte order mark; an invalid byte becomes U+FFFD. <see langword="null"/> for a binary
    /// file, which has a NUL among its first bytes.
    /// </summary>
    public static string? Decode(byte[] bytes)
    {
        ReadOnlySpan<byte> mark = bytes.AsSpan();
        (Encoding encoding, int start) = mark.StartsWith(Utf8) ? (Encoding.UTF8, Utf8.Length)
            : mark.StartsWith(LittleEndian) ? (Encoding.Unicode, LittleEndian.Length)
            : mark.StartsWith(BigEndian) ? (Encoding.BigEndianUnicode, BigEndian.Length)
            : (Encoding.UTF8, 0);
        return start != 2 && Array.IndexOf(bytes, (byte)0, 0, Math.Min(bytes.Length, Sniffed)) >= 0
            ? null
            : encoding.GetString(bytes, start, bytes.Length - start);
    }
}
