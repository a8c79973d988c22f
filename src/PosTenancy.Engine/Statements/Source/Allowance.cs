namespace PosTenancy.Engine.Statements.Source;

/// <summary>A comment that allows a statement to reach all tenants: <c>postenancy: all tenants, because …</c>.</summary>
/// <param name="Reason">The reason; <see langword="null"/> if the comment gives none, and therefore allows nothing.</param>
/// <param name="Position">Index of the comment.</param>
internal readonly record struct Allowance(string? Reason, int Position)
{
    private const string Mark = "postenancy:";
    private const string AllTenants = "all tenants";
    private const string Because = "because";

    private static readonly char[] Separators = [' ', '\t', ',', ';', ':', '-', '–', '—', '.'];
    private static readonly char[] Ends = ['\r', '\n'];

    /// <summary>Reads a comment; <see langword="null"/> if it allows nothing.</summary>
    public static Allowance? Read(string comment, int position)
    {
        Allowance? without = null;
        for (int mark = IndexOf(comment, 0); mark >= 0; mark = IndexOf(comment, mark + Mark.Length))
        {
            Allowance? found = ReadMark(comment, mark, position);
            if (found?.Reason is not null)
            {
                return found;
            }

            without ??= found;
        }

        return without;
    }

    private static int IndexOf(string comment, int start) => comment.IndexOf(Mark, start, StringComparison.OrdinalIgnoreCase);

    private static Allowance? ReadMark(string comment, int mark, int position)
    {
        int start = mark + Mark.Length;
        int end = comment.IndexOfAny(Ends, start);
        string line = comment.Substring(start, (end < 0 ? comment.Length : end) - start).Trim();
        if (!line.StartsWith(AllTenants, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        string rest = line.Substring(AllTenants.Length).TrimStart(Separators);
        string reason = rest.StartsWith(Because, StringComparison.OrdinalIgnoreCase) ? rest.Substring(Because.Length) : "";
        reason = reason.Trim().TrimStart('…');
        reason = reason.EndsWith("*/", StringComparison.Ordinal) ? reason.Substring(0, reason.Length - 2).Trim() : reason.Trim();
        return new Allowance(reason.Any(char.IsLetterOrDigit) ? reason : null, position + mark);
    }

    /// <summary>Reads the comments of a part of SQL between two tokens.</summary>
    public static IEnumerable<Allowance> InSql(string text, int start, int end)
    {
        int i = start;
        while (i + 1 < end)
        {
            bool isLine = text[i] == '-' && text[i + 1] == '-';
            bool isBlock = text[i] == '/' && text[i + 1] == '*';
            if (!isLine && !isBlock)
            {
                i++;
                continue;
            }

            int close = isLine ? text.IndexOf('\n', i, end - i) : text.IndexOf("*/", i + 2, end - i - 2, StringComparison.Ordinal);
            int after = close < 0 ? end : close + (isLine ? 1 : 2);
            if (Read(text.Substring(i, after - i), i) is { } found)
            {
                yield return found;
            }

            i = after;
        }
    }
}
