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
internal sealed partial class ExpressionReader(
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

    private static int AfterPrefixes(SourceTokens tokens, int from, int to)
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

        // +"…" of Ruby is a text that can be appended to.
        i += language.Kind == LanguageKind.Ruby && tokens.Is(i, "+") ? 1 : 0;
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

        if (language.Kind == LanguageKind.Kotlin && end < to && OpensText(tokens, end))
        {
            return Postfix(Built(tokens, end), tokens, tokens.After(end), to, isVariable: false);
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
        if (end == to && variable.Length > 1 && variable[variable.Length - 2] is "strings" or "bytes" &&
            variable[variable.Length - 1] is "Builder" or "Buffer")
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

    /// <summary>The arguments after a percent sign: a tuple, a dictionary or one value.</summary>
    private static IReadOnlyList<(int From, int To)> PercentArguments(SourceTokens tokens, int from, int to)
    {
        bool isList = from < to && tokens.IsOpen(from) && tokens.After(from) == to;
        return isList ? Arguments(tokens, from) : [(from, to)];
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
