using System.Text;

namespace PosTenancy.Engine.Statements.Source;

/// <summary>
/// The commands of the sqlite3 shell in a script, such as <c>.mode csv</c>. They are no SQL, and an apostrophe in one must not begin a
/// text.
/// </summary>
internal static class ShellCommands
{
    /// <summary>The script with blanks in the place of its commands, so that every other character keeps its place.</summary>
    public static string Blank(string script)
    {
        if (script.Length == 0 || (script[0] != '.' && script.IndexOf("\n.", StringComparison.Ordinal) < 0))
        {
            return script;
        }

        StringBuilder text = new(script);
        for (int i = 0; i < script.Length;)
        {
            i = AfterBlanks(script, i);
            bool isCommand = i + 1 < script.Length && script[i] == '.' && char.IsLetter(script[i + 1]) && (i == 0 || script[i - 1] == '\n');
            int end = isCommand ? After(script, "\n", i) : AfterStatement(script, i);
            for (int c = i; isCommand && c < end; c++)
            {
                text[c] = script[c] is '\n' or '\r' ? script[c] : ' ';
            }

            i = end;
        }

        return text.ToString();
    }

    private static int AfterBlanks(string text, int start)
    {
        int i = start;
        while (i < text.Length)
        {
            int end = char.IsWhiteSpace(text[i]) || text[i] == '\uFEFF' ? i + 1 : AfterComment(text, i);
            if (end == i)
            {
                break;
            }

            i = end;
        }

        return i;
    }

    /// <summary>Index after the next semicolon that is not within quotes or a comment. Within a trigger no command can follow it.</summary>
    private static int AfterStatement(string text, int start)
    {
        int i = start;
        while (i < text.Length && text[i] != ';')
        {
            i = AfterComment(text, i) is var comment && comment > i ? comment
                : text[i] is '\'' or '"' or '`' ? After(text, text.Substring(i, 1), i + 1)
                : text[i] == '[' ? After(text, "]", i + 1)
                : i + 1;
        }

        return Math.Min(i + 1, text.Length);
    }

    private static int AfterComment(string text, int i) =>
        string.CompareOrdinal(text, i, "--", 0, 2) == 0 ? After(text, "\n", i)
        : string.CompareOrdinal(text, i, "/*", 0, 2) == 0 ? After(text, "*/", i + 2)
        : i;

    private static int After(string text, string mark, int start)
    {
        int found = start <= text.Length ? text.IndexOf(mark, start, StringComparison.Ordinal) : -1;
        return found < 0 ? text.Length : found + mark.Length;
    }
}
