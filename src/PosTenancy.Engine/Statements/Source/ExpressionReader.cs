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

    /// <summary>The arguments after a percent sign: a tuple, a dictionary or one value.</summary>
    private static IReadOnlyList<(int From, int To)> PercentArguments(SourceTokens tokens, int from, int to)
    {
        bool isList = from < to && tokens.IsOpen(from) && tokens.After(from) == to;
        return isList ? Arguments(tokens, from) : [(from, to)];
    }
}
