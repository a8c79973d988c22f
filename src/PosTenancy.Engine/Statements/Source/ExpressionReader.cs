namespace PosTenancy.Engine.Statements.Source;

/// <summary>What an expression is known to be.</summary>
/// <param name="Values">Its possible texts.</param>
/// <param name="Reference">The variable, if the expression is one and nothing else.</param>
internal sealed record TextExpression(IReadOnlyList<TextValue> Values, string? Reference);

/// <summary>
/// Evaluates expressions that make texts: literals, their concatenation, formats, constants. It knows as much of each language's grammar as
/// that takes; everything else is a value that is not fixed.
/// </summary>
/// <param name="language">The language.</param>
/// <param name="resolve">The texts of a variable or constant.</param>
/// <param name="isAssigned">Whether the file assigns a name.</param>
internal sealed class ExpressionReader(
    SourceLanguage language, Func<string, IReadOnlyList<TextValue>?> resolve, Func<string, bool> isAssigned)
{
    /// <summary>More possible texts than this become one value that is not fixed.</summary>
    private const int MostValues = 8;
    private const int Deepest = 24;

    private static readonly HashSet<string> Prefixes = new(StringComparer.Ordinal)
    {
        "return", "await", "new", "mut", "ref", "out", "yield", "throw", "const", "static", "let", "var", "val", "final", "readonly",
        "public", "private", "protected", "internal", "export", "default", "echo", "print", "raise", "move", "async", "lateinit", "global",
        "&", "*", "...", "**", "@",
    };

    /// <summary>What separates expressions, so that a text around it is none.</summary>
    private static readonly HashSet<string> Separators = new(StringComparer.Ordinal)
    {
        ",", ";", "=", ":=", "+=", ".=", "=>", ":", "==", "!=", "===", "!==", "<=", ">=", "&&", "||", "and", "or", "in", "is", "for",
    };

    private static readonly HashSet<string> Fallbacks = new(StringComparer.Ordinal) { "??", "?:" };
    private static readonly HashSet<string> Selections = new(StringComparer.Ordinal) { "if", "match", "when", "switch" };
    private static readonly HashSet<string> Accessors = new(StringComparer.Ordinal) { ".", "::", "->", "?.", "?->" };
    private static readonly string[] Receivers = ["self", "this", "$this", "Self", "static", "cls", "parent"];

    private readonly HashSet<int> _used = [];
    private readonly HashSet<string> _references = new(StringComparer.Ordinal);
    private int _depth;

    /// <summary>Starts, in the source, of the tokens that the last expression was made of.</summary>
    public IReadOnlyCollection<int> Used => _used;

    /// <summary>The variables whose values are part of the last expression.</summary>
    public IReadOnlyCollection<string> References => _references;

    /// <summary>Whether values put into the literal become parameters, as in methods that take an interpolated text.</summary>
    public bool BindsValues { get; set; }

    /// <summary>Evaluates an expression; <see langword="null"/> if it is no text.</summary>
    public TextExpression? Read(SourceTokens tokens, int from, int to)
    {
        Start();
        return Value(tokens, from, to) is { } values ? new TextExpression(values, Reference(tokens, from, to)) : null;
    }

    /// <summary>Forgets what the last expression was made of.</summary>
    public void Start()
    {
        _used.Clear();
        _references.Clear();
        _depth = 0;
    }

    /// <summary>The text that a format makes of the arguments after it.</summary>
    public IReadOnlyList<TextValue> Formatted(SourceTokens tokens, TextFunction function, IReadOnlyList<(int From, int To)> arguments)
    {
        Start();
        return Filled(tokens, function, arguments) ?? [Unknown(tokens, arguments[0].From, arguments[0].To)];
    }

    /// <summary>The name that a path of names is known by: without the object or class that it belongs to.</summary>
    public static string Name(IReadOnlyList<string> path)
    {
        int first = 0;
        while (first < path.Count - 1 && (Receivers.Contains(path[first]) || (first == path.Count - 2 && char.IsUpper(path[first][0]))))
        {
            first++;
        }

        string name = string.Join(".", path.Skip(first));
        return first > 0 && path[0] == "$this" ? "$" + name : name;
    }

    /// <summary>The names of a path that begins at a token, and the index after it.</summary>
    public (IReadOnlyList<string> Path, int End) Path(SourceTokens tokens, int from, int to)
    {
        List<string> path = [];
        int i = from;
        while (i < to && tokens.IsKind(i, SourceTokenKind.Word))
        {
            path.Add(tokens.Text(i));
            i++;
            i = AfterTypeArguments(tokens, i, to);
            if (!(i + 1 < to && IsAccessor(tokens, i) && tokens.IsKind(i + 1, SourceTokenKind.Word)))
            {
                break;
            }

            i++;
        }

        return (path, i);
    }

    public bool IsAccessor(SourceTokens tokens, int index) =>
        tokens.IsAny(index, Accessors) && (language.Kind == LanguageKind.Php ? !tokens.Is(index, ".") : !tokens.Is(index, "->"));

    /// <summary>The ranges between the commas of a pair of brackets.</summary>
    public static IReadOnlyList<(int From, int To)> Arguments(SourceTokens tokens, int open)
    {
        List<(int, int)> arguments = [];
        int close = tokens.Match(open);
        int from = open + 1;
        for (int i = from; i < close; i = tokens.After(i))
        {
            if (tokens.Is(i, ","))
            {
                arguments.Add((from, i));
                from = i + 1;
            }
        }

        if (from < close)
        {
            arguments.Add((from, close));
        }

        return arguments;
    }

    /// <summary>A value that is not fixed, shown by its expression.</summary>
    public static TextValue Unknown(SourceTokens tokens, int from, int to)
    {
        string shown = from < to ? SourceNames.Shorten(tokens.Slice(from, to)) : "…";
        int source = from < tokens.Count ? tokens[from].Start : 0;
        return TextValue.Of(new TextPiece.Hole(source, shown, $"{{{shown}}} is put in when the application runs"));
    }

    /// <summary>The variable that a whole expression consists of.</summary>
    private string? Reference(SourceTokens tokens, int from, int to)
    {
        int i = AfterPrefixes(tokens, from, to);
        (IReadOnlyList<string> path, int end) = Path(tokens, i, to);
        if (path.Count == 0)
        {
            return null;
        }

        if (end == to)
        {
            return Name(path);
        }

        // A method call on a variable, such as sql.as_str().
        return tokens.Is(end, "(") && end + 2 == to && tokens.After(end) == to && path.Count > 1 &&
            TextFunctions.Method(path[path.Count - 1], language) == TextFunction.Same
                ? Name([.. path.Take(path.Count - 1)])
                : null;
    }

    /// <summary>The texts that an expression can be; <see langword="null"/> if it is none, or a list of texts.</summary>
    private IReadOnlyList<TextValue>? Choice(SourceTokens tokens, int from, int to) =>
        Value(tokens, from, to) is { } values && !values.Any(v => v.IsList) ? values : null;

    private IReadOnlyList<TextValue>? Value(SourceTokens tokens, int from, int to)
    {
        if (_depth >= Deepest)
        {
            return null;
        }

        _depth++;
        IReadOnlyList<TextValue>? values = Branches(tokens, from, to) is { } branches
            ? Either(branches.Select(b => Choice(tokens, b.From, b.To)))
            : List(tokens, from, to) is { } list ? [list]
            : Concatenation(tokens, from, to);
        _depth--;
        return values;
    }

    /// <summary>The texts of all branches; those that are no text count as one that is not fixed.</summary>
    private static IReadOnlyList<TextValue>? Either(IEnumerable<IReadOnlyList<TextValue>?> branches)
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

    /// <summary>The branches of a conditional expression; <see langword="null"/> if it is none.</summary>
    private IReadOnlyList<(int From, int To)>? Branches(SourceTokens tokens, int from, int to)
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

    private List<(int From, int To)> Selected(SourceTokens tokens, int start, int to)
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

    private static int Find(SourceTokens tokens, string text, int from, int to)
    {
        for (int i = from; i < to; i = text == "{" && tokens.Is(i, "{") ? i : tokens.After(i))
        {
            if (tokens.Is(i, text))
            {
                return i;
            }
        }

        return -1;
    }

    private IReadOnlyList<TextValue>? Concatenation(SourceTokens tokens, int from, int to)
    {
        if (from >= to)
        {
            return null;
        }

        List<(int From, int To)> operands = [];
        int start = from;
        for (int i = from; i < to; i = tokens.After(i))
        {
            if (tokens.IsAny(i, Separators))
            {
                return null;
            }

            if (tokens.Is(i, language.Concatenation) && i > start)
            {
                operands.Add((start, i));
                start = i + 1;
            }
        }

        operands.Add((start, to));
        if (operands.Count == 1)
        {
            return Operand(tokens, from, to);
        }

        IReadOnlyList<TextValue>?[] values =
            [.. operands.Select(o => Operand(tokens, o.From, o.To)).Select(v => v?.Any(x => x.IsList) == true ? null : v)];
        if (Array.TrueForAll(values, v => v is null || v[0].IsNumber))
        {
            return null;
        }

        IReadOnlyList<TextValue> result = [TextValue.Empty];
        for (int i = 0; i < values.Length; i++)
        {
            result = Combine(result, values[i] ?? [Unknown(tokens, operands[i].From, operands[i].To)]);
        }

        return result;
    }

    private static IReadOnlyList<TextValue> Combine(IReadOnlyList<TextValue> left, IReadOnlyList<TextValue> right) =>
        left.Count * right.Count <= MostValues
            ? [.. left.SelectMany(l => right.Select(l.With))]
            : [.. left.Select(l => l.With(OneOfSeveral()))];

    private int AfterPrefixes(SourceTokens tokens, int from, int to)
    {
        int i = from;
        while (i < to - 1 && tokens.IsAny(i, Prefixes))
        {
            i++;
        }

        return i;
    }

    private IReadOnlyList<TextValue>? Operand(SourceTokens tokens, int from, int to)
    {
        int i = AfterPrefixes(tokens, from, to);
        if (i >= to)
        {
            return null;
        }

        if (PlaceholderList(tokens, from, to) is { } placeholders)
        {
            return [placeholders];
        }

        if (language.Kind is LanguageKind.Python or LanguageKind.Ruby && Find(tokens, "%", i + 1, to) is var percent and > 0)
        {
            return Operand(tokens, i, percent) is { } template
                ? Filled(template, tokens, TextFunction.FormatPercent, PercentArguments(tokens, percent + 1, to))
                : null;
        }

        SourceToken token = tokens[i];
        if (token.Kind == SourceTokenKind.Literal)
        {
            return Literals(tokens, i, to);
        }

        if (token.Kind == SourceTokenKind.Number)
        {
            return i + 1 == to ? Number(tokens, i) : null;
        }

        if (tokens.Is(i, "(") && tokens.IsOpen(i))
        {
            IReadOnlyList<TextValue>? inner = Choice(tokens, i + 1, tokens.Match(i));
            return inner is null ? ListMethod(tokens, i, to) : Postfix(inner, tokens, tokens.After(i), to, isVariable: false);
        }

        return tokens.Is(i, "[") ? ListMethod(tokens, i, to) : token.Kind == SourceTokenKind.Word ? Named(tokens, i, to) : null;
    }

    private IReadOnlyList<TextValue>? Number(SourceTokens tokens, int index)
    {
        string text = tokens.Text(index).Replace("_", "");
        int digits = 0;
        while (digits < text.Length && char.IsDigit(text[digits]))
        {
            digits++;
        }

        // A type suffix such as i64 or L is not part of the number; a hexadecimal one is not read.
        bool isDecimal = digits > 0 && (digits == text.Length || text[digits] is 'i' or 'u' or 'L' or 'l' or 'm' or 'M');
        if (!isDecimal)
        {
            return null;
        }

        _used.Add(tokens[index].Start);
        MappedText.Builder number = new();
        number.Append(text.Substring(0, digits), tokens[index].Start);
        return [TextValue.Number(number.Build())];
    }

    /// <summary>A literal, or several side by side, and what is done with them.</summary>
    private IReadOnlyList<TextValue>? Literals(SourceTokens tokens, int from, int to)
    {
        IReadOnlyList<TextValue> values = [TextValue.Empty];
        int i = from;
        do
        {
            if (!tokens[i].Literal!.IsText)
            {
                return null;
            }

            values = Combine(values, LiteralValue(tokens, i, BindsValues));
            i++;
        }
        while (language.JoinsAdjacent && i < to && tokens.IsKind(i, SourceTokenKind.Literal) &&
            !(language.Kind == LanguageKind.Ruby && tokens[i].StartsLine));
        return Postfix(values, tokens, i, to, isVariable: false);
    }

    private IReadOnlyList<TextValue> LiteralValue(SourceTokens tokens, int index, bool binds)
    {
        _used.Add(tokens[index].Start);
        IReadOnlyList<TextValue> values = [TextValue.Empty];
        foreach (LiteralPart part in tokens[index].Literal!.Parts)
        {
            if (part.Hole is null)
            {
                values = [.. values.Select(v => v.With(TextValue.Of(part.Text)))];
                continue;
            }

            IReadOnlyList<TextValue>? known = binds ? null : HoleValue(part.Hole);
            TextValue other = binds
                ? TextValue.Of(new TextPiece.Parameter(part.Start, "{…} -> ?"))
                : Unknown(part.Hole, 0, part.Hole.Count);
            values = Combine(values, known ?? [other]);
        }

        return values;
    }

    private IReadOnlyList<TextValue>? HoleValue(SourceTokens hole)
    {
        int end = 0;
        while (end < hole.Count && !hole.Is(end, ","))
        {
            end = hole.After(end);
        }

        return Choice(hole, 0, end);
    }

    /// <summary>A variable, a constant or a call.</summary>
    private IReadOnlyList<TextValue>? Named(SourceTokens tokens, int from, int to)
    {
        (IReadOnlyList<string> path, int end) = Path(tokens, from, to);
        if (language.Kind == LanguageKind.JavaScript && tokens.IsKind(end, SourceTokenKind.Literal) && end < to &&
            tokens[end - 1].End == tokens[end].Start && tokens[end].Literal!.IsText)
        {
            bool binds = TextFunctions.BindingTags.Contains(path[path.Count - 1]);
            return Postfix(LiteralValue(tokens, end, binds), tokens, end + 1, to, isVariable: false);
        }

        if (language.Kind == LanguageKind.Rust && tokens.Is(end, "!") && end + 1 < to && tokens.IsOpen(end + 1))
        {
            return Call(tokens, TextFunctions.Macro(path[path.Count - 1]), end + 1) is { } made
                ? Postfix(made, tokens, tokens.After(end + 1), to, isVariable: false)
                : null;
        }

        bool isCall = end < to && tokens.Is(end, "(") && tokens.IsOpen(end);
        if (isCall && Call(tokens, TextFunctions.Function(path, language), end) is { } called)
        {
            return Postfix(called, tokens, tokens.After(end), to, isVariable: false);
        }

        if (isCall && path.Count == 1)
        {
            return ListMethod(tokens, end, to);
        }

        // Of a call the last name is the method.
        string[] variable = [.. path.Take(isCall ? path.Count - 1 : path.Count)];
        if (end == to && variable.Length > 1 && variable[variable.Length - 2] is "strings" or "bytes" && variable[variable.Length - 1] is "Builder" or "Buffer")
        {
            return [TextValue.Empty];
        }

        string name = Name(variable);
        if (resolve(name) is not { Count: > 0 } values)
        {
            return null;
        }

        _references.Add(name);
        _used.Add(tokens[from].Start);
        return Postfix(values, tokens, isCall ? end - 2 : end, to, isVariable: true);
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
                return Choice(tokens, arguments[0].From, arguments[0].To) is { } text ? [.. text.Select(t => t.Map(m => m.Dedent()))] : null;
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

            return values is null || values.Any(v => v.IsList) ? null : values.Count == 1 ? values[0] : IsKnown && Index < values.Count ? values[Index] : null;
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

    /// <summary>The arguments after a percent sign: a tuple, a dictionary or one value.</summary>
    private static IReadOnlyList<(int From, int To)> PercentArguments(SourceTokens tokens, int from, int to)
    {
        bool isList = from < to && tokens.IsOpen(from) && tokens.After(from) == to;
        return isList ? Arguments(tokens, from) : [(from, to)];
    }

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
        IReadOnlyList<TextValue> between = separator is { } range ? Choice(tokens, range.From, range.To) ?? [TextValue.Empty] : [TextValue.Empty];
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

    /// <summary>Whether a value is a list; one of parameters stays what it is when it is joined with commas.</summary>
    private static bool IsList(TextValue value) => value.IsList || value.Single is TextPiece.Parameter;

    private IReadOnlyList<TextValue>? JoinedLists(IReadOnlyList<TextValue> lists, SourceTokens tokens, (int From, int To) separator) =>
        Choice(tokens, separator.From, separator.To) is { Count: 1 } text ? JoinedLists(lists, text[0]) : null;

    private static IReadOnlyList<TextValue>? JoinedLists(IReadOnlyList<TextValue> lists, TextValue separator)
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

    /// <summary>Whether a parameter or function calls itself a placeholder. A variable that the file assigns is judged by its value.</summary>
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

    /// <summary>Skips the type arguments of Rust, such as <c>::&lt;Sqlite&gt;</c>, and of TypeScript or C# before a call.</summary>
    private static int AfterTypeArguments(SourceTokens tokens, int index, int to)
    {
        int i = tokens.Is(index, "::") && tokens.Is(index + 1, "<") ? index + 1 : index;
        if (i >= to || !tokens.Is(i, "<"))
        {
            return index;
        }

        int depth = 0;
        for (int end = i; end < to && end < i + 30; end++)
        {
            depth += tokens.Is(end, "<") ? 1 : tokens.Is(end, ">") ? -1 : 0;
            if (depth == 0)
            {
                // a < b > c is no call.
                bool isFollowed = tokens.Is(end + 1, "(") || tokens.Is(end + 1, "::") || tokens.Is(end + 1, ".");
                return isFollowed ? end + 1 : index;
            }
        }

        return index;
    }
}
