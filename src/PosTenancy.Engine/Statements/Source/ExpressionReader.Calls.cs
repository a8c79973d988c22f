namespace PosTenancy.Engine.Statements.Source;

/// <content>Functions and methods that make or change a text.</content>
internal sealed partial class ExpressionReader
{
    /// <summary>The text that a format makes of the arguments after it.</summary>
    public IReadOnlyList<TextValue> Formatted(SourceTokens tokens, TextFunction function, IReadOnlyList<(int From, int To)> arguments)
    {
        Start();
        return Filled(tokens, function, arguments) ?? [Unknown(tokens, arguments[0].From, arguments[0].To)];
    }

    private IReadOnlyList<TextValue>? Call(SourceTokens tokens, TextFunction function, int open)
    {
        IReadOnlyList<(int From, int To)> arguments = Arguments(tokens, open);
        switch (function)
        {
            case TextFunction.Empty:
                return [TextValue.Empty];
            case TextFunction.Same or TextFunction.Dedent when arguments.Count == 0:
                return [TextValue.Empty];
            case TextFunction.Same:
                // A number is the capacity of a builder.
                return Choice(tokens, arguments[0].From, arguments[0].To) is { } same ? same[0].IsNumber ? [TextValue.Empty] : same : null;
            case TextFunction.Dedent:
                return Choice(tokens, arguments[0].From, arguments[0].To) is { } text ? [.. text.Select(t => t.Map(m => m.Dedent()))]
                    : null;
            case TextFunction.Concat:
                IReadOnlyList<TextValue> all = [TextValue.Empty];
                foreach ((int from, int to) in arguments)
                {
                    all = Combine(all, Choice(tokens, from, to) ?? [Unknown(tokens, from, to)]);
                }

                return all;
            case TextFunction.Join when arguments.Count >= 2:
                return Join(tokens, arguments);
            case TextFunction.FormatBraces or TextFunction.FormatPercent when arguments.Count > 0:
                return Filled(tokens, function, arguments);
            default:
                return null;
        }
    }

    private IReadOnlyList<TextValue>? Filled(SourceTokens tokens, TextFunction function, IReadOnlyList<(int From, int To)> arguments) =>
        Choice(tokens, arguments[0].From, arguments[0].To) is { } templates
            ? Filled(templates, tokens, function, [.. arguments.Skip(1)])
            : null;

    /// <summary>Fills templates. Of one argument that can be several texts, each is put in; of two, none is known.</summary>
    private IReadOnlyList<TextValue> Filled(
        IReadOnlyList<TextValue> templates, SourceTokens tokens, TextFunction function, IReadOnlyList<(int From, int To)> arguments)
    {
        FormatChoice choice = new();
        TextValue[] first = [.. templates.Select(Fill)];
        if (choice.Counts.Count == 0)
        {
            return first;
        }

        choice.IsKnown = choice.Counts.Count == 1;
        int count = choice.IsKnown ? choice.Counts.First().Value : 1;
        List<TextValue> filled = [];
        for (choice.Index = 0; choice.Index < count; choice.Index++)
        {
            filled.AddRange(templates.Select(Fill));
        }

        return filled.Count <= MostValues ? filled : [OneOfSeveral()];

        TextValue Fill(TextValue template)
        {
            FormatReader format = Format(tokens, arguments, language.Kind == LanguageKind.Rust, choice);
            return function == TextFunction.FormatBraces ? format.Braces(template) : format.Percents(template);
        }
    }

    /// <summary>The arguments of a format that can be several texts.</summary>
    private sealed class FormatChoice
    {
        /// <summary>Number of texts, by argument.</summary>
        public Dictionary<string, int> Counts { get; } = new(StringComparer.Ordinal);

        /// <summary>Whether one of them is chosen.</summary>
        public bool IsKnown { get; set; } = true;

        public int Index { get; set; }

        public TextValue? Of(string argument, IReadOnlyList<TextValue>? values)
        {
            if (values is { Count: > 1 })
            {
                Counts[argument] = values.Count;
            }

            return values is null || values.Any(v => v.IsList) ? null : values.Count == 1 ? values[0] : IsKnown && Index < values.Count
                ? values[Index] : null;
        }
    }

    private FormatReader Format(SourceTokens tokens, IReadOnlyList<(int From, int To)> arguments, bool resolvesNames, FormatChoice choice)
    {
        return new FormatReader(
            number => number >= 0 && number < arguments.Count ? Argument(arguments[number]) : null,
            name =>
            {
                foreach ((int from, int to) in arguments)
                {
                    // A named argument, or an entry of a dictionary.
                    bool isNamed = to - from > 2 && (tokens.Is(from + 1, "=") || tokens.Is(from + 1, ":")) && IsNamed(from, name);
                    if (isNamed)
                    {
                        return Argument((from + 2, to));
                    }
                }

                if (resolvesNames && choice.Of(name, resolve(name)) is { } known)
                {
                    _references.Add(name);
                    return known;
                }

                string shown = SourceNames.Shorten(name);
                int source = arguments.Count > 0 ? tokens[arguments[0].From].Start : 0;
                return TextValue.Of(new TextPiece.Hole(source, shown, $"{{{shown}}} is put in when the application runs"));
            });

        TextValue Argument((int From, int To) range)
        {
            return choice.Of($"{range.From}", Choice(tokens, range.From, range.To)) ?? Unknown(tokens, range.From, range.To);
        }

        bool IsNamed(int index, string name) => tokens[index].Literal is { } literal ? literal.Plain?.Text == name : tokens.Is(index, name);
    }

    /// <summary>What is done with a text: methods that leave it as it is, change it, or append to it.</summary>
    private IReadOnlyList<TextValue>? Postfix(IReadOnlyList<TextValue> values, SourceTokens tokens, int from, int to, bool isVariable)
    {
        int i = from;
        while (i < to)
        {
            if (!(IsAccessor(tokens, i) && tokens.IsKind(i + 1, SourceTokenKind.Word)))
            {
                // The rest belongs to another expression, or is a mark such as ? or !.
                bool isIndexed = tokens.Is(i, "[") && tokens.IsOpen(i);
                return isIndexed && isVariable ? null : isIndexed ? [.. values.Select(v => Changed(v, tokens[i].Start, "[…]"))] : values;
            }

            string method = tokens.Text(i + 1);
            int open = AfterTypeArguments(tokens, i + 2, to);
            bool isCall = tokens.Is(open, "(") && tokens.IsOpen(open) && open < to;
            TextFunction function = TextFunctions.Method(method, language);
            if (isVariable && function == TextFunction.None)
            {
                return i == from && isCall ? null : values;
            }

            if (isCall && Applied(values, tokens, function, method, open) is { } applied)
            {
                values = applied;
            }

            i = isCall ? tokens.After(open) : i + 2;
        }

        return values;
    }

    private IReadOnlyList<TextValue>? Applied(
        IReadOnlyList<TextValue> values, SourceTokens tokens, TextFunction function, string method, int open)
    {
        IReadOnlyList<(int From, int To)> arguments = Arguments(tokens, open);
        switch (function)
        {
            case TextFunction.Dedent:
                return [.. values.Select(v => v.Map(m => m.Dedent()))];
            case TextFunction.TrimMargin:
                return [.. values.Select(v => v.Map(m => m.TrimMargin()))];
            case TextFunction.Change:
                return [.. values.Select(v => Changed(v, tokens[open].Start, $".{method}()"))];
            case TextFunction.FormatBraces or TextFunction.FormatPercent:
                return Filled(values, tokens, function, arguments);
            case TextFunction.Join when arguments.Count > 0:
                if (values.Any(IsList))
                {
                    return JoinedLists(values, tokens, arguments[0]);
                }

                (int from, int to) = arguments[0];
                if (Value(tokens, from, to) is { } lists && lists.Any(IsList))
                {
                    return values.Count == 1 ? JoinedLists(lists, values[0]) : null;
                }

                int list = to > from ? tokens.Match(to - 1) : -1;
                IReadOnlyList<(int From, int To)> items = list >= from ? Arguments(tokens, list) : [];
                IReadOnlyList<TextValue>?[] known = [.. items.Select(a => Choice(tokens, a.From, a.To))];
                if (known.Length == 0 || Array.Exists(known, k => k is null) || values.Count != 1)
                {
                    return [Unknown(tokens, from, to)];
                }

                IReadOnlyList<TextValue> joined = known[0]!;
                foreach (IReadOnlyList<TextValue>? item in known.Skip(1))
                {
                    joined = Combine([.. joined.Select(j => j.With(values[0]))], item!);
                }

                return joined;
            case TextFunction.Concat:
            case >= TextFunction.Append and <= TextFunction.AppendUnknown:
                return Combine(values, Appended(tokens, function, open));
            default:
                return null;
        }
    }

    /// <summary>What a call appends.</summary>
    public IReadOnlyList<TextValue> Appended(SourceTokens tokens, TextFunction function, int open)
    {
        IReadOnlyList<(int From, int To)> arguments = Arguments(tokens, open);
        int start = tokens[open].Start;
        switch (function)
        {
            case TextFunction.AppendParameter:
                return [TextValue.Of(new TextPiece.Parameter(start, "push_bind() -> ?"))];
            case TextFunction.AppendUnknown:
                return [Unknown(tokens, Math.Max(0, open - 1), tokens.After(open))];
            case TextFunction.AppendFormat when arguments.Count > 0:
                return Filled(tokens, TextFunction.FormatBraces, arguments) ?? [Unknown(tokens, arguments[0].From, arguments[0].To)];
            default:
                IReadOnlyList<TextValue> all = [TextValue.Empty];
                foreach ((int from, int to) in arguments)
                {
                    all = Combine(all, Choice(tokens, from, to) ?? [Unknown(tokens, from, to)]);
                }

                if (function == TextFunction.AppendLine)
                {
                    MappedText.Builder line = new();
                    line.Append('\n', start);
                    all = [.. all.Select(a => a.With(TextValue.Of(line.Build())))];
                }

                return all;
        }
    }

    private static TextValue Changed(TextValue value, int source, string how) =>
        value.With(new TextPiece.Hole(source, how, $"the text is changed by {how}"));
}
