namespace PosTenancy.Engine.Statements.Source;

/// <content>Conditional expressions.</content>
internal sealed partial class ExpressionReader
{
    /// <summary>The texts of all branches; those that are no text count as one that is not fixed.</summary>
    private static TextValue[]? Either(IEnumerable<IReadOnlyList<TextValue>?> branches)
    {
        IReadOnlyList<TextValue>?[] all = [.. branches];
        if (Array.TrueForAll(all, b => b is null))
        {
            return null;
        }

        TextValue[] values = [.. all.Where(b => b is not null).SelectMany(b => b!)];
        bool isComplete = values.Length <= MostValues && !Array.Exists(all, b => b is null);
        return isComplete ? values : [.. values.Take(MostValues - 1), OneOfSeveral()];
    }

    private static TextValue OneOfSeveral() =>
        TextValue.Of(new TextPiece.Hole(0, "one of several", "it is one of several texts, not all of which are known"));

    private static bool IsArm(SourceTokens tokens, int from, int to)
    {
        for (int i = from; i < to && (i == from || !tokens[i].StartsLine); i = tokens.After(i))
        {
            if (tokens.Is(i, "->"))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The branches of a conditional expression; <see langword="null"/> if it is none.</summary>
    private List<(int From, int To)>? Branches(SourceTokens tokens, int from, int to)
    {
        int start = AfterPrefixes(tokens, from, to);
        if (tokens.IsAny(start, Selections) && Selected(tokens, start, to) is { Count: > 0 } selected)
        {
            return selected;
        }

        int nested = 0;
        int question = -1;
        for (int i = start; i < to; i = tokens.After(i))
        {
            if (language.HasConditional && tokens.Is(i, "?"))
            {
                question = nested == 0 ? i : question;
                nested++;
            }
            else if (nested > 0 && tokens.Is(i, ":") && --nested == 0)
            {
                return [(question + 1, i), (i + 1, to)];
            }
            else if (language.Kind == LanguageKind.Python && tokens.Is(i, "if") && i > start)
            {
                int otherwise = Find(tokens, "else", i, to);
                return otherwise < 0 ? null : [(start, i), (otherwise + 1, to)];
            }
            else if (tokens.IsAny(i, Fallbacks) && i > start)
            {
                return [(start, i), (i + 1, to)];
            }
            else if (language.Kind == LanguageKind.CSharp && tokens.Is(i, "switch") && tokens.Is(i + 1, "{") && tokens.After(i + 1) == to)
            {
                return Arms(tokens, i + 1);
            }
        }

        return null;
    }

    private static List<(int From, int To)> Selected(SourceTokens tokens, int start, int to)
    {
        List<(int, int)> branches = [];
        if (!tokens.Is(start, "if"))
        {
            int open = Find(tokens, "{", start, to);
            return open >= 0 && tokens.IsOpen(open) ? Arms(tokens, open) : branches;
        }

        int i = start;
        while (i < to && tokens.Is(i, "if"))
        {
            // Kotlin has parentheses around the condition, Rust has a block after it.
            int value = tokens.Is(i + 1, "(") ? tokens.After(i + 1) : Find(tokens, "{", i, to);
            if (value < 0 || value >= to)
            {
                return branches;
            }

            int otherwise = Find(tokens, "else", value, to);
            branches.Add(BranchValue(tokens, value, otherwise < 0 ? to : otherwise));
            if (otherwise < 0)
            {
                return branches;
            }

            i = otherwise + 1;
        }

        branches.Add(BranchValue(tokens, i, to));
        return branches;
    }

    /// <summary>The values of a match, a when or a switch.</summary>
    private static List<(int From, int To)> Arms(SourceTokens tokens, int open)
    {
        List<(int, int)> arms = [];
        int close = tokens.Match(open);
        for (int i = open + 1; i < close; i = tokens.After(i))
        {
            if (!tokens.Is(i, "=>") && !tokens.Is(i, "->"))
            {
                continue;
            }

            int end = i + 1;
            while (end < close && !tokens.Is(end, ",") && !(end > i + 1 && tokens[end].StartsLine && IsArm(tokens, end, close)))
            {
                end = tokens.After(end);
            }

            arms.Add(BranchValue(tokens, i + 1, Math.Min(end, close)));
            i = Math.Min(end, close) - 1;
        }

        return arms;
    }

    /// <summary>The value of a branch: the last expression of a block.</summary>
    private static (int From, int To) BranchValue(SourceTokens tokens, int from, int to)
    {
        if (from >= to || !tokens.Is(from, "{") || !tokens.IsOpen(from))
        {
            return (from, to);
        }

        int last = from + 1;
        int close = tokens.Match(from);
        for (int i = from + 1; i < close; i = tokens.After(i))
        {
            last = tokens.Is(i, ";") ? i + 1 : last;
        }

        return (last, close);
    }
}
