using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Planning;

/// <summary>A name of a table or tenant, or a PowerShell wildcard for names: <c>*</c>, <c>?</c> and <c>[a-z]</c>.</summary>
internal static class NamePattern
{
    /// <summary>Whether the name matches one of the patterns.</summary>
    public static bool MatchesAny(IReadOnlyList<string> patterns, string name) => patterns.Any(pattern => Matches(pattern, name));

    /// <summary>Whether it can match other names than itself.</summary>
    public static bool IsPattern(string text) => text.IndexOfAny(['*', '?', '[']) >= 0;

    /// <summary>The pattern that only this name matches.</summary>
    public static string Escape(string name) => string.Concat(name.Select(c => c is '*' or '?' or '[' ? $"[{c}]" : $"{c}"));

    /// <summary>Whether the name equals the pattern or matches it, ignoring case.</summary>
    public static bool Matches(string pattern, string name) =>
        Identifier.Comparer.Equals(pattern, name) || Matches(pattern, name, char.ToUpperInvariant);

    /// <summary>Whether a name whose case counts, such as that of a tenant, equals the pattern or matches it.</summary>
    public static bool MatchesCase(string pattern, string name) => pattern == name || Matches(pattern, name, static c => c);

    private static bool Matches(string pattern, string name, Func<char, char> fold) => Wildcard.Matches(
        pattern, name, (string p, int position, char c, out int next) => MatchesOne(p, position, c, fold, out next));

    /// <summary>Matches one character or a bracketed set; an unclosed bracket stands for itself.</summary>
    private static bool MatchesOne(string pattern, int position, char c, Func<char, char> fold, out int next)
    {
        next = position + 1;
        if (pattern[position] == '?')
        {
            return true;
        }

        int close = pattern[position] == '[' ? pattern.IndexOf(']', position + 1) : -1;
        if (close < 0)
        {
            return fold(pattern[position]) == fold(c);
        }

        next = close + 1;
        for (int i = position + 1; i < close; i++)
        {
            bool isRange = i + 2 < close && pattern[i + 1] == '-';
            if (isRange ? fold(pattern[i]) <= fold(c) && fold(c) <= fold(pattern[i + 2]) : fold(pattern[i]) == fold(c))
            {
                return true;
            }

            i += isRange ? 2 : 0;
        }

        return false;
    }
}
