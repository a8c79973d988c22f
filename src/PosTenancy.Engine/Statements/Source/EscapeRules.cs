using System.Text;

namespace PosTenancy.Engine.Statements.Source;

/// <summary>What a backslash followed by a line break means.</summary>
internal enum LineContinuation
{
    /// <summary>Nothing special.</summary>
    None,

    /// <summary>The line break is removed.</summary>
    Joins,

    /// <summary>The line break and the white space after it are removed.</summary>
    JoinsAndTrims,
}

/// <summary>The escape sequences of one kind of literal.</summary>
/// <param name="Simple">Pairs: a character after the backslash, and what both stand for.</param>
internal sealed record EscapeRules(string Simple)
{
    /// <summary>For raw literals of Python: both characters stay, but an escaped quote does not end the literal.</summary>
    public static readonly EscapeRules Kept = new("") { KeepsUnknown = true };

    /// <summary>One to three octal digits.</summary>
    public bool Octal { get; init; }

    /// <summary>Least number of digits after <c>\x</c>.</summary>
    public int HexLeast { get; init; }

    /// <summary>Greatest number of digits after <c>\x</c>; 0 if there is no such escape.</summary>
    public int HexMost { get; init; }

    /// <summary>Whether <c>\x</c> and octal escapes are bytes of UTF-8, not code points.</summary>
    public bool AreBytes { get; init; }

    /// <summary><c>\uXXXX</c>.</summary>
    public bool Unicode4 { get; init; }

    /// <summary><c>\UXXXXXXXX</c>.</summary>
    public bool Unicode8 { get; init; }

    /// <summary><c>\u{X…}</c>; in Ruby several code points with blanks between them.</summary>
    public bool UnicodeBraces { get; init; }

    /// <summary><c>\N{NAME}</c>, whose character only the interpreter knows.</summary>
    public bool Named { get; init; }

    public LineContinuation Continuation { get; init; }

    /// <summary>Whether the backslash of an unknown escape stays.</summary>
    public bool KeepsUnknown { get; init; }

    /// <summary>Decodes the escape at a backslash and returns the index after it.</summary>
    public int Decode(string text, int start, int limit, MappedText.Builder to)
    {
        int next = start + 1;
        if (next >= limit)
        {
            to.Append('\\', start);
            return limit;
        }

        char c = text[next];
        for (int i = 0; i < Simple.Length; i += 2)
        {
            if (Simple[i] == c)
            {
                to.Append(Simple[i + 1], start);
                return next + 1;
            }
        }

        if (Continuation != LineContinuation.None && c is '\n' or '\r')
        {
            return AfterLineBreak(text, next, limit);
        }

        if (ReadByte(text, start, limit, out int value, out int end))
        {
            return AreBytes && value >= 0x80 ? Bytes(text, start, limit, to) : Append(value, start, end, to);
        }

        if (UnicodeBraces && c == 'u' && next + 1 < limit && text[next + 1] == '{')
        {
            return Braces(text, start, next + 2, limit, to);
        }

        if (Unicode4 && c == 'u')
        {
            // Java allows several u.
            int first = next + 1;
            while (first < limit && text[first] == 'u')
            {
                first++;
            }

            if (ReadDigits(text, first, Math.Min(limit, first + 4), 16, out value) == first + 4)
            {
                return Append(value, start, first + 4, to);
            }
        }

        if (Unicode8 && c == 'U' && ReadDigits(text, next + 1, Math.Min(limit, next + 9), 16, out value) == next + 9)
        {
            return Append(value, start, next + 9, to);
        }

        if (Named && c == 'N' && next + 1 < limit && text[next + 1] == '{')
        {
            to.Append('\uFFFD', start);
            int close = text.IndexOf('}', next, Math.Min(limit - next, 100));
            return close < 0 ? next + 1 : close + 1;
        }

        if (KeepsUnknown)
        {
            to.Append('\\', start);
        }

        to.Append(c, next);
        return next + 1;
    }

    private int AfterLineBreak(string text, int position, int limit)
    {
        position += text[position] == '\r' && position + 1 < limit && text[position + 1] == '\n' ? 2 : 1;
        while (Continuation == LineContinuation.JoinsAndTrims && position < limit && char.IsWhiteSpace(text[position]))
        {
            position++;
        }

        return position;
    }

    private bool ReadByte(string text, int start, int limit, out int value, out int end)
    {
        value = 0;
        end = start;
        if (start + 1 >= limit || text[start] != '\\')
        {
            return false;
        }

        if (HexMost > 0 && text[start + 1] == 'x')
        {
            end = ReadDigits(text, start + 2, Math.Min(limit, start + 2 + HexMost), 16, out value);
            return end >= start + 2 + HexLeast;
        }

        if (Octal)
        {
            end = ReadDigits(text, start + 1, Math.Min(limit, start + 4), 8, out value);
            return end > start + 1;
        }

        return false;
    }

    /// <summary>A run of bytes, which together are UTF-8.</summary>
    private int Bytes(string text, int start, int limit, MappedText.Builder to)
    {
        List<byte> bytes = [];
        int position = start;
        while (ReadByte(text, position, limit, out int value, out int end) && value is >= 0x80 and <= 0xFF)
        {
            bytes.Add((byte)value);
            position = end;
        }

        to.Append(bytes.Count > 0 ? Encoding.UTF8.GetString([.. bytes]) : "\uFFFD", start);
        return bytes.Count > 0 ? position : start + 2;
    }

    private static int Braces(string text, int start, int first, int limit, MappedText.Builder to)
    {
        int position = first;
        while (position < limit && text[position] != '}')
        {
            int end = ReadDigits(text, position, Math.Min(limit, position + 8), 16, out int value);
            if (end == position && text[position] is not (' ' or '\t' or '_'))
            {
                return position;
            }

            if (end > position)
            {
                Append(value, start, end, to);
            }

            position = Math.Max(end, position + 1);
        }

        return Math.Min(limit, position + 1);
    }

    private static int Append(int value, int start, int end, MappedText.Builder to)
    {
        if (value is >= 0 and <= 0xFFFF)
        {
            to.Append((char)value, start);
        }
        else
        {
            to.Append(value is > 0 and <= 0x10FFFF ? char.ConvertFromUtf32(value) : "\uFFFD", start);
        }

        return end;
    }

    private static int ReadDigits(string text, int start, int end, int radix, out int value)
    {
        value = 0;
        int position = start;
        while (position < end && Digit(text[position]) is var digit && digit < radix)
        {
            value = unchecked((value * radix) + digit);
            position++;
        }

        return position;
    }

    private static int Digit(char c) => c switch
    {
        >= '0' and <= '9' => c - '0',
        >= 'a' and <= 'f' => c - 'a' + 10,
        >= 'A' and <= 'F' => c - 'A' + 10,
        _ => int.MaxValue,
    };
}
