namespace PosTenancy.Engine.Text;

/// <summary>Whether a place of a pattern, which is no star, matches a character.</summary>
/// <param name="pattern">The pattern.</param>
/// <param name="position">The place.</param>
/// <param name="c">The character.</param>
/// <param name="next">The place after the one that was matched.</param>
internal delegate bool CharacterMatch(string pattern, int position, char c, out int next);

/// <summary>
/// Matches a pattern with stars without a regular expression, in constant space and at most quadratic time: no pattern is an error, and
/// none can take exponential time.
/// </summary>
internal static class Wildcard
{
    /// <summary>Whether a pattern matches all of a text.</summary>
    /// <param name="pattern">The pattern; a star stands for any number of characters.</param>
    /// <param name="text">The text.</param>
    /// <param name="matchesOne">Matches what is no star.</param>
    public static bool Matches(string pattern, string text, CharacterMatch matchesOne)
    {
        int p = 0;
        int n = 0;
        int star = -1;
        int retry = 0;
        while (n < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                retry = n;
            }
            else if (p < pattern.Length && matchesOne(pattern, p, text[n], out int next))
            {
                p = next;
                n++;
            }
            else if (star >= 0)
            {
                // Let the last star consume one more character.
                p = star + 1;
                n = ++retry;
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == '*')
        {
            p++;
        }

        return p == pattern.Length;
    }
}
