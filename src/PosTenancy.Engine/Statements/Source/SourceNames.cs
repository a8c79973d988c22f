namespace PosTenancy.Engine.Statements.Source;

/// <summary>Shows pieces of source code to a user.</summary>
internal static class SourceNames
{
    private const int Longest = 40;

    /// <summary>An expression in one line, without what would end the braces around it.</summary>
    public static string Shorten(string expression) => Shorten(expression, '\0', "");

    /// <summary>The same, with a character replaced.</summary>
    public static string Shorten(string expression, char replaced, string replacement)
    {
        string line = string.Join(
            " ",
            expression
                .Substring(0, Math.Min(expression.Length, Longest * 4))
                .Replace($"{replaced}", replacement)
                .Replace('{', '(')
                .Replace('}', ')')
                .Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));
        return line.Length > Longest ? $"{line.Substring(0, Longest - 1)}…" : line.Length == 0 ? "…" : line;
    }
}
