using PosTenancy.Engine.Files;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Statements.Source;

/// <summary>The patterns of one .gitignore file (git-scm.com/docs/gitignore).</summary>
internal sealed class GitIgnore
{
    private readonly List<Pattern> _patterns = [];

    /// <summary>Reads the patterns.</summary>
    /// <param name="folder">Folder of the file, relative to the root, with '/'; empty for the root.</param>
    /// <param name="text">Its text.</param>
    public GitIgnore(string folder, string text)
    {
        Folder = folder;
        foreach (string line in text.Split('\n'))
        {
            if (Pattern.Read(line.TrimEnd('\r')) is { } pattern)
            {
                _patterns.Add(pattern);
            }
        }
    }

    /// <summary>Folder in which it applies.</summary>
    public string Folder { get; }

    /// <summary>
    /// Whether it ignores a path below its folder; <see langword="null"/> if it says nothing of it. The last pattern wins.
    /// </summary>
    public bool? Ignores(string path, bool isFolder) =>
        _patterns.FindLast(p => p.Matches(path, isFolder)) is { } pattern ? !pattern.IsNegated : null;

    private sealed record Pattern(IReadOnlyList<string> Segments, bool IsNegated, bool IsFolderOnly)
    {
        public static Pattern? Read(string line)
        {
            string text = TrimEnd(line);
            bool isNegated = text.StartsWith("!", StringComparison.Ordinal);
            text = isNegated ? text.Substring(1) : text;
            if (text.Length == 0 || (text[0] == '#' && !isNegated))
            {
                return null;
            }

            bool isFolderOnly = text[text.Length - 1] == '/';
            text = isFolderOnly ? text.Substring(0, text.Length - 1) : text;
            bool isAnchored = text.IndexOf('/') >= 0;
            string[] segments = text.TrimStart('/').Split('/');
            return text.Length == 0 ? null : new Pattern(isAnchored ? segments : ["**", .. segments], isNegated, isFolderOnly);
        }

        public bool Matches(string path, bool isFolder) => (isFolder || !IsFolderOnly) && MatchesSegments(path.Split('/'));

        /// <summary>Blanks at the end do not count, unless escaped.</summary>
        private static string TrimEnd(string line)
        {
            int end = line.Length;
            while (end > 0 && line[end - 1] == ' ' && !(end > 1 && line[end - 2] == '\\'))
            {
                end--;
            }

            return line.Substring(0, end);
        }

        /// <summary>Two stars stand for any number of folders. Only the last pair must be tried again, so no pattern takes long.</summary>
        private bool MatchesSegments(string[] path)
        {
            int s = 0;
            int p = 0;
            int star = -1;
            int retry = 0;
            while (p < path.Length)
            {
                if (s < Segments.Count && Segments[s] == "**")
                {
                    // At the end it stands for everything inside, not for the folder itself.
                    if (s == Segments.Count - 1)
                    {
                        return true;
                    }

                    star = s++;
                    retry = p;
                }
                else if (s < Segments.Count && Wildcard.Matches(Segments[s], path[p], MatchesCharacter))
                {
                    s++;
                    p++;
                }
                else if (star >= 0)
                {
                    s = star + 1;
                    p = ++retry;
                }
                else
                {
                    return false;
                }
            }

            return s == Segments.Count;
        }

        private static bool MatchesCharacter(string pattern, int position, char c, out int next)
        {
            next = position + 1;
            switch (pattern[position])
            {
                case '?':
                    return true;
                case '\\' when next < pattern.Length:
                    return IsSame(pattern[next++], c);
                case '[' when MatchesClass(pattern, position, c, out int end) is { } matches:
                    next = end;
                    return matches;
                default:
                    return IsSame(pattern[position], c);
            }
        }

        /// <summary>Matches a bracketed class; <see langword="null"/> if it is not closed.</summary>
        private static bool? MatchesClass(string pattern, int open, char c, out int end)
        {
            bool isNegated = open + 1 < pattern.Length && pattern[open + 1] is '!' or '^';
            bool isFound = false;
            int first = open + (isNegated ? 2 : 1);
            for (int i = first; i < pattern.Length; i++)
            {
                if (pattern[i] == ']' && i > first)
                {
                    end = i + 1;
                    return isFound != isNegated;
                }

                i += pattern[i] == '\\' && i + 1 < pattern.Length ? 1 : 0;
                if (i + 2 < pattern.Length && pattern[i + 1] == '-' && pattern[i + 2] != ']')
                {
                    isFound |= pattern[i] <= c && c <= pattern[i + 2];
                    i += 2;
                }
                else
                {
                    isFound |= IsSame(pattern[i], c);
                }
            }

            end = pattern.Length;
            return null;
        }

        private static bool IsSame(char pattern, char c) =>
            pattern == c ||
                (PathComparison.Kind == StringComparison.OrdinalIgnoreCase && char.ToUpperInvariant(pattern) == char.ToUpperInvariant(c));
    }
}
