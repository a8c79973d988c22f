using System.Globalization;
using System.Text;
using PosTenancy.Engine.Text;

namespace PosTenancy.Loader;

/// <summary>
/// Lays out text for a console of 80 columns, of which Windows PowerShell fills 79. Called by the format file: a script block there does
/// not
/// know the width of the console, and PowerShell breaks lines between any two characters, so lines are broken here, between words. A word
/// too long for its line is visibly shortened in the middle; the objects keep the full text.
/// </summary>
/// <remarks>
/// It is in this assembly for the reason that VisibleText is linked: PowerShell finds a type by name only outside the module's context.
/// </remarks>
public static class ConsoleText
{
    /// <summary>Columns of a value in a list, beside the longest label of any list and its colon.</summary>
    private const int ListWidth = 62;

    /// <summary>ASCII, because a file in the console's code page may contain no other characters.</summary>
    private const string Gap = "...";

    /// <summary>Columns of a group's title beside "   Path: ".</summary>
    private const int TitleWidth = 70;

    private static readonly char[] Separators = ['/', '\\'];

    /// <summary>A value of a list, on as many lines as it needs.</summary>
    /// <param name="value">Any text; <see langword="null"/> gives an empty string.</param>
    public static string Value(string? value) => Wrap(value, ListWidth);

    /// <summary>A complete path in a list, broken after a separator if it is too long.</summary>
    /// <param name="path">Any path; <see langword="null"/> gives an empty string.</param>
    public static string PathValue(string? path) => string.Join("\n", PathLines(path, ListWidth));

    /// <summary>The path of a database above the rows of a table.</summary>
    /// <param name="path">Full path of the database.</param>
    public static string Title(string? path) => string.Join("\n         ", PathLines(path, TitleWidth));

    /// <summary>A short time in milliseconds, with as many decimals as were measured; empty for <see langword="null"/>.</summary>
    /// <param name="time">A measured duration.</param>
    public static string Milliseconds(TimeSpan? time) => time?.TotalMilliseconds is { } value
        ? value.ToString(value < 1 ? "N4" : value < 1000 ? "N2" : "N0", CultureInfo.InvariantCulture)
        : "";

    /// <summary>A name on one line, shortened in the middle if it is too long.</summary>
    /// <param name="name">Any text; <see langword="null"/> gives an empty string.</param>
    /// <param name="width">Maximum width in columns.</param>
    public static string Fit(string? name, int width) => Shorten(VisibleText.Escape(name), width);

    /// <summary>Breaks text into lines between words.</summary>
    /// <param name="text">Any text; <see langword="null"/> gives an empty string.</param>
    /// <param name="width">Maximum width in columns.</param>
    public static string Wrap(string? text, int width) => string.Join("\n", Lines(text, width));

    /// <summary>The first lines of a text, and a reference to the rest.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="width">Maximum width in columns.</param>
    /// <param name="lines">Maximum number of lines.</param>
    /// <param name="property">Name of the property with the full text.</param>
    public static string Excerpt(string? text, int width, int lines, string property)
    {
        List<string> all = Lines(text, width);
        if (all.Count <= lines)
        {
            return string.Join("\n", all);
        }

        string pointer = $"{Gap} (see {property})";
        string last = all[lines - 1];
        while (Cells(last) + 1 + pointer.Length > width && last.LastIndexOf(' ') is var space and >= 0)
        {
            last = last.Substring(0, space);
        }

        List<string> end = Cells(last) + 1 + pointer.Length > width ? [last, pointer] : [$"{last} {pointer}"];
        return string.Join("\n", all.Take(lines - 1).Concat(end));
    }

    /// <summary>Indents every line.</summary>
    /// <param name="text">One or more lines.</param>
    /// <param name="columns">Number of spaces.</param>
    public static string Indent(string text, int columns) => new string(' ', columns) + text.Replace("\n", "\n" + new string(' ', columns));

    private static List<string> Lines(string? text, int width)
    {
        List<string> lines = [];
        StringBuilder line = new();
        foreach (string word in VisibleText.Escape(text).Split(' '))
        {
            string space = line.Length > 0 ? " " : "";
            foreach (string piece in Pieces(word, width))
            {
                if (line.Length > 0 && Cells(line.ToString()) + space.Length + Cells(piece) > width)
                {
                    lines.Add(line.ToString());
                    line.Clear();
                    space = "";
                }

                line.Append(space).Append(piece);
                space = "";
            }
        }

        lines.Add(line.ToString());
        return lines;
    }

    private static List<string> PathLines(string? path, int width)
    {
        List<string> lines = [];
        StringBuilder line = new();
        foreach (string piece in Split(path ?? "").Select(VisibleText.Escape).SelectMany(name => Chunks(name, width)))
        {
            if (line.Length > 0 && Cells(line.ToString()) + Cells(piece) > width)
            {
                lines.Add(line.ToString());
                line.Clear();
            }

            line.Append(piece);
        }

        lines.Add(line.ToString());
        return lines;
    }

    /// <summary>A word, or the parts of a path that is too long for a line.</summary>
    private static IEnumerable<string> Pieces(string word, int width) =>
        Cells(word) <= width ? [word] : Split(word).Select(piece => Shorten(piece, width));

    /// <summary>Splits a path after each separator, but not at the backslash of an escaped character.</summary>
    private static IEnumerable<string> Split(string path)
    {
        int start = 0;
        for (int end = path.IndexOfAny(Separators); end >= 0; end = path.IndexOfAny(Separators, end + 1))
        {
            if (string.CompareOrdinal(path, end, "\\u{", 0, 3) != 0)
            {
                yield return path.Substring(start, end + 1 - start);
                start = end + 1;
            }
        }

        yield return path.Substring(start);
    }

    /// <summary>Splits a file name longer than a line instead of shortening it: an incomplete path is useless.</summary>
    private static IEnumerable<string> Chunks(string name, int width)
    {
        while (Cells(name) > width)
        {
            int length = width / 2;
            while (Cells(name.Substring(0, length + 1)) <= width)
            {
                length++;
            }

            length -= char.IsHighSurrogate(name[length - 1]) ? 1 : 0;
            yield return name.Substring(0, length);
            name = name.Substring(length);
        }

        yield return name;
    }

    /// <summary>Shortens in the middle: the end of a name distinguishes it as often as its beginning.</summary>
    private static string Shorten(string text, int width)
    {
        if (Cells(text) <= width)
        {
            return text;
        }

        int room = width - Gap.Length;
        int head = 0;
        for (int cells = 0; cells + Cells(text[head]) <= (room + 1) / 2; head++)
        {
            cells += Cells(text[head]);
        }

        int tail = text.Length;
        for (int cells = 0; cells + Cells(text[tail - 1]) <= room / 2; tail--)
        {
            cells += Cells(text[tail - 1]);
        }

        head -= char.IsHighSurrogate(text[head - 1]) ? 1 : 0;
        tail += char.IsLowSurrogate(text[tail]) ? 1 : 0;
        return $"{text.Substring(0, head)}{Gap}{text.Substring(tail)}";
    }

    private static int Cells(string text) => text.Sum(Cells);

    /// <summary>Width of a character as PowerShell counts it; each half of a surrogate pair is one column.</summary>
    private static int Cells(char c) =>
        c
            is >= '\u1100'
                and <= '\u115F'
                or '\u2329'
                or '\u232A'
                or (>= '\u2E80' and <= '\uA4CF' and not '\u303F')
                or >= '\uAC00'
                and <= '\uD7A3'
                or >= '\uF900'
                and <= '\uFAFF'
                or >= '\uFE10'
                and <= '\uFE19'
                or >= '\uFE30'
                and <= '\uFE6F'
                or >= '\uFF00'
                and <= '\uFF60'
                or >= '\uFFE0'
                and <= '\uFFE6'
            ? 2
            : 1;
}
