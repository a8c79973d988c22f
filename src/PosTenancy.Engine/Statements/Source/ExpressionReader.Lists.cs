namespace PosTenancy.Engine.Statements.Source;

/// <content>Lists of texts and of parameters.</content>
internal sealed partial class ExpressionReader
{
    /// <summary>A list whose texts are joined, such as <c>["a", "b"].join(" ")</c>.</summary>
    private IReadOnlyList<TextValue>? ListMethod(SourceTokens tokens, int open, int to)
    {
        int close = tokens.IsOpen(open) ? tokens.After(open) : to;
        return close + 2 < to && IsAccessor(tokens, close) && tokens.Is(close + 2, "(") &&
            TextFunctions.Method(tokens.Text(close + 1), language) is TextFunction.Join or TextFunction.Concat &&
            Arguments(tokens, close + 2) is var arguments
                ? Joined(tokens, arguments.Count == 0 ? null : arguments[0], Arguments(tokens, open))
                : null;
    }

    private IReadOnlyList<TextValue>? Join(SourceTokens tokens, IReadOnlyList<(int From, int To)> arguments)
    {
        // Go names the list first; the others, the separator.
        bool isListFirst = language.Kind == LanguageKind.Go;
        (int From, int To) separator = isListFirst ? arguments[1] : arguments[0];
        if (arguments.Count > 2)
        {
            return Joined(tokens, separator, [.. arguments.Skip(1)]);
        }

        (int from, int to) = isListFirst ? arguments[0] : arguments[1];
        if (Value(tokens, from, to) is { } known && known.Any(IsList))
        {
            return JoinedLists(known, tokens, separator);
        }

        int open = to > from ? tokens.Match(to - 1) : -1;
        return open >= from ? Joined(tokens, separator, Arguments(tokens, open)) : null;
    }

    private IReadOnlyList<TextValue>? Joined(SourceTokens tokens, (int From, int To)? separator, IReadOnlyList<(int From, int To)> items)
    {
        IReadOnlyList<TextValue> between = separator is { } range ? Choice(tokens, range.From, range.To) ?? [TextValue.Empty]
            : [TextValue.Empty];
        IReadOnlyList<TextValue>?[] values = [.. items.Select(i => Choice(tokens, i.From, i.To))];
        if (between.Count != 1 || Array.TrueForAll(values, v => v is null))
        {
            return null;
        }

        IReadOnlyList<TextValue> result = [TextValue.Empty];
        for (int i = 0; i < values.Length; i++)
        {
            result = i > 0 ? [.. result.Select(r => r.With(between[0]))] : result;
            result = Combine(result, values[i] ?? [Unknown(tokens, items[i].From, items[i].To)]);
        }

        return result;
    }

    /// <summary>Whether a value is a list; one of parameters stays what it is when it is joined with commas.</summary>
    private static bool IsList(TextValue value) => value.IsList || value.Single is TextPiece.Parameter;

    private TextValue[]? JoinedLists(IReadOnlyList<TextValue> lists, SourceTokens tokens, (int From, int To) separator) =>
        Choice(tokens, separator.From, separator.To) is { Count: 1 } text ? JoinedLists(lists, text[0]) : null;

    private static TextValue[]? JoinedLists(IReadOnlyList<TextValue> lists, TextValue separator)
    {
        TextValue[] joined = [.. lists.Select(l => l.IsList ? l.Joined(separator) : l).OfType<TextValue>()];
        return joined.Length == lists.Count ? joined : null;
    }

    /// <summary>
    /// A list of texts: <c>["a", "b"]</c>, <c>[]string{"a"}</c>, <c>new List&lt;string&gt; { "a" }</c>, <c>listOf("a")</c>, or
    /// <c>append(list, "a")</c> of Go.
    /// </summary>
    private TextValue? List(SourceTokens tokens, int from, int to)
    {
        int start = AfterPrefixes(tokens, from, to);
        int open = to - 1 > start ? tokens.Match(to - 1) : -1;
        if (open < start)
        {
            return null;
        }

        (IReadOnlyList<string> path, int end) = Path(tokens, start, to);
        string last = path.Count > 0 ? path[path.Count - 1] : "";
        bool isGo = language.Kind == LanguageKind.Go;
        bool isCall = end == open && TextFunctions.Lists.Contains(last) && tokens.Is(open, "(");
        bool isMacro = last == "vec" && end == open - 1 && tokens.Is(end, "!");
        bool isVector = end == open && last is "new" or "with_capacity" && path.Count > 1 && path[path.Count - 2] == "Vec";
        bool isInitializer = tokens.Is(open, "{") && (isGo ? tokens.Is(start, "[") : tokens.Is(from, "new"));
        bool isGeneric = tokens.Is(from, "new") && tokens.Is(open, "(") && TextFunctions.Lists.Contains(last) && tokens.Is(end, "<");
        bool isBrackets = open == start && tokens.Is(open, "[");
        if (isGo && last == "append" && end == open)
        {
            return Extended(tokens, open);
        }

        if (!(isCall || isMacro || isVector || isInitializer || isGeneric || isBrackets) || Find(tokens, "for", open + 1, to - 1) >= 0)
        {
            return null;
        }

        return isVector ? TextValue.EmptyList : WithItems(TextValue.EmptyList, tokens, Arguments(tokens, open));
    }

    private TextValue? Extended(SourceTokens tokens, int open)
    {
        IReadOnlyList<(int From, int To)> arguments = Arguments(tokens, open);
        return arguments.Count > 1 && Value(tokens, arguments[0].From, arguments[0].To) is { Count: 1 } lists && lists[0].IsList
            ? WithItems(lists[0], tokens, [.. arguments.Skip(1)])
            : null;
    }

    /// <summary>A list with more texts.</summary>
    public TextValue WithItems(TextValue list, SourceTokens tokens, IReadOnlyList<(int From, int To)> items)
    {
        foreach ((int from, int to) in items)
        {
            IReadOnlyList<TextValue>? values = Choice(tokens, from, to);
            list = list.WithItem(values is { Count: 1 } ? values[0] : Unknown(tokens, from, to));
        }

        return list;
    }

    /// <summary>
    /// A list of parameters that is made when the application runs, such as <c>",".join("?" * n)</c>: its only texts are question marks and
    /// commas.
    /// </summary>
    private TextValue? PlaceholderList(SourceTokens tokens, int from, int to)
    {
        if (IsNamedPlaceholder(tokens, from, to))
        {
            return TextValue.Of(new TextPiece.Parameter(tokens[from].Start, $"{{{SourceNames.Shorten(tokens.Slice(from, to))}}} -> ?"));
        }

        if (to - from < 3)
        {
            return null;
        }

        string? text = null;
        bool hasMark = false;
        List<int> literals = [];
        for (int i = from; i < to; i++)
        {
            if (tokens.Is(i, language.Concatenation) || tokens.Is(i, "{"))
            {
                return null;
            }

            if (tokens[i].Literal is not { } literal)
            {
                continue;
            }

            if (literal.Plain is not { Text: var part } || part.Any(c => c is not ('?' or ',' or ' ' or '(' or ')')))
            {
                return null;
            }

            hasMark |= part.Contains('?');
            text = part.Contains('?') ? part : text;
            literals.Add(tokens[i].Start);
        }

        if (!hasMark || IsPlainList(tokens, from, to))
        {
            return null;
        }

        foreach (int literal in literals)
        {
            _used.Add(literal);
        }

        string row = text!.Trim(' ', ',');
        if (row == "?")
        {
            return TextValue.Of(new TextPiece.Parameter(literals[0], "a list of parameters -> ?"));
        }

        MappedText.Builder fixedRow = new();
        fixedRow.Append(row, literals[0]);
        return TextValue.Of(fixedRow.Build());
    }

    /// <summary>Whether a parameter or function calls itself a placeholder. A variable of the file is judged by its value.</summary>
    private bool IsNamedPlaceholder(SourceTokens tokens, int from, int to)
    {
        (IReadOnlyList<string> path, int end) = Path(tokens, from, to);
        bool isWhole = end == to || (tokens.Is(end, "(") && tokens.After(end) == to);
        return isWhole && path.Any(p => p.IndexOf("placeholder", StringComparison.OrdinalIgnoreCase) >= 0) &&
            !isAssigned(Name(path)) && !isAssigned(Name([.. path.Take(Math.Max(1, path.Count - 1))]));
    }

    /// <summary>Whether the tokens are literals alone, which are read as they are.</summary>
    private static bool IsPlainList(SourceTokens tokens, int from, int to)
    {
        for (int i = from; i < to; i++)
        {
            if (tokens[i].Kind is SourceTokenKind.Word or SourceTokenKind.Number)
            {
                return false;
            }
        }

        return true;
    }
}
