using System.Globalization;
using System.Text;
using PosTenancy.Engine.Text;

namespace PosTenancy.Loader;

/// <summary>
/// Text laid out for a console of 80 columns, of which Windows PowerShell fills 79. The display of the results calls it: a script block
/// there is not told how wide the console is, and PowerShell breaks lines between any two characters, so they are broken here, between
/// words. A word that is too long for its line is shortened in the middle, visibly; the objects keep all of it.
/// </summary>
/// <remarks>It is here for the reason that VisibleText is linked for: PowerShell finds a type by its name only outside of the module's
/// context.</remarks>
public static class ConsoleText
{
    /// <summary>Columns of a value in a list, beside the longest label of any list and its colon.</summary>
    private const int ListWidth = 62;

    /// <summary>ASCII, since a file in the code page of a console may hold no other.</summary>
    private const string Gap = "...";

    /// <summary>The width of a group's title beside "   Path: ".</summary>
    private const int TitleWidth = 70;

    private static readonly char[] Separators = ['/', '\\'];

    /// <summary>A value of a list, on as many lines as it needs.</summary>
    /// <param name="value">Any text; nothing for <see langword="null"/>.</param>
    public static string Value(string? value) => Wrap(value, ListWidth);

    /// <summary>A path in a list: whole, broken behind a separator where it is too long.</summary>
    /// <param name="path">The path; nothing for <see langword="null"/>.</param>
    public static string PathValue(string? path) => string.Join("\n", PathLines(path, ListWidth));

    /// <summary>The path of a database above the rows of a table.</summary>
    /// <param name="path">The path.</param>
    public static string Title(string? path) => string.Join("\n         ", PathLines(path, TitleWidth));

    /// <summary>A short time in milliseconds, with as many decimals as it was measured with; nothing for <see langword="null"/>.</summary>
    /// <param name="time">The time.</param>
    public static string Milliseconds(TimeSpan? time) => time?.TotalMilliseconds is { } value
        ? value.ToString(value < 1 ? "N4" : value < 1000 ? "N2" : "N0", CultureInfo.InvariantCulture)
        : "";

    /// <summary>One line: a name, shortened in the middle where it is too long.</summary>
    /// <param name="name">Any text; nothing for <see langword="null"/>.</param>
    /// <param name="width">Columns.</param>
    public static string Fit(string? name, int width) => Shorten(VisibleText.Escape(name), width);

    /// <summary>Lines broken between words.</summary>
    /// <param name="text">Any text; nothing for <see langword="null"/>.</param>
    /// <param name="width">Columns.</param>
    public static string Wrap(string? text, int width) => string.Join("\n", Lines(text, width));

    /// <summary>The first lines of a text, and where the rest is.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="width">Columns.</param>
    /// <param name="lines">How many lines are shown at most.</param>
    /// <param name="property">The property that has all of it.</param>
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

    /// <summary>Every line with spaces in front.</summary>
    /// <param name="text">The lines.</param>
    /// <param name="columns">How many spaces.</param>
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

    /// <summary>The parts of a path, each with the separator behind it; not at the backslash of a character that is spelled out.</summary>
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

    /// <summary>A name of a file that is longer than a line: a path that is not whole is no path.</summary>
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

    /// <summary>The end of a name tells it from others as often as its beginning does.</summary>
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

    /// <summary>Columns of a character as PowerShell counts them; each half of a pair is one.</summary>
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
