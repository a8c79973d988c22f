namespace PosTenancy.Engine.Statements.Source;

/// <summary>A language whose string literals are read.</summary>
internal enum LanguageKind
{
    Rust,
    CSharp,
    JavaScript,
    Python,
    Go,
    Java,
    Kotlin,
    Php,
    Ruby,
}

/// <summary>How a literal marks a value that is put in when the application runs.</summary>
internal enum HoleStyle
{
    None,

    /// <summary><c>${value}</c> of JavaScript.</summary>
    DollarBrace,

    /// <summary><c>${value}</c> and <c>$value</c> of Kotlin.</summary>
    DollarName,

    /// <summary><c>{value}</c> of C# and Python; doubled braces stand for themselves.</summary>
    Brace,

    /// <summary><c>#{value}</c> of Ruby.</summary>
    HashBrace,

    /// <summary><c>$value</c>, <c>{$value}</c> and <c>${value}</c> of PHP.</summary>
    Php,
}

/// <summary>How white space around the lines of a literal is removed.</summary>
internal enum LiteralLayout
{
    None,

    /// <summary>A text block of Java.</summary>
    TextBlock,
}

/// <summary>A kind of literal: how it begins and ends, and what is special within.</summary>
/// <param name="Open">What begins it, after a prefix.</param>
/// <param name="Close">What ends it.</param>
internal sealed record LiteralRule(string Open, string Close)
{
    /// <summary>Words that may stand directly before it; the empty word if it can stand alone.</summary>
    public IReadOnlyList<string> Prefixes { get; init; } = [""];

    public EscapeRules? Escapes { get; init; }

    public HoleStyle Holes { get; init; }

    /// <summary>Whether it may contain line breaks; otherwise one ends it.</summary>
    public bool IsMultiLine { get; init; }

    /// <summary>Whether the doubled end stands for itself.</summary>
    public bool DoublesClose { get; init; }

    /// <summary>Whether it is a text; a character or a regular expression is not.</summary>
    public bool IsText { get; init; } = true;

    /// <summary>Whether of a longer run of quotes the last ones end it, not the first.</summary>
    public bool ClosesLast { get; init; }

    public LiteralLayout Layout { get; init; }
}

/// <summary>The lexical rules of a language, as far as literals, comments and statements are concerned.</summary>
/// <param name="Kind">The language.</param>
/// <param name="Name">Its name for users.</param>
/// <param name="Extensions">Extensions of its files.</param>
internal sealed record SourceLanguage(LanguageKind Kind, string Name, IReadOnlyList<string> Extensions)
{
    private static readonly string[] PythonRaw = ["r", "rb", "br"];
    private static readonly string[] PythonFormatted = ["f", "t"];
    private static readonly string[] PythonRawFormatted = ["rf", "fr", "rt", "tr"];
    private static readonly string[] PythonQuotes = ["\"\"\"", "'''", "\"", "'"];

    private static readonly EscapeRules RustEscapes = new("n\nr\rt\t\\\\0\0''\"\"")
    {
        HexLeast = 2,
        HexMost = 2,
        UnicodeBraces = true,
        Continuation = LineContinuation.JoinsAndTrims,
    };

    private static readonly EscapeRules CSharpEscapes = new("''\"\"\\\\0\0a\ab\be\u001Bf\fn\nr\rt\tv\v")
    {
        HexLeast = 1,
        HexMost = 4,
        Unicode4 = true,
        Unicode8 = true,
    };

    private static readonly EscapeRules JavaScriptEscapes = new("b\bf\fn\nr\rt\tv\v")
    {
        Octal = true,
        HexLeast = 2,
        HexMost = 2,
        Unicode4 = true,
        UnicodeBraces = true,
        Continuation = LineContinuation.Joins,
    };

    private static readonly EscapeRules PythonEscapes = new("\\\\''\"\"a\ab\bf\fn\nr\rt\tv\v")
    {
        Octal = true,
        HexLeast = 2,
        HexMost = 2,
        Unicode4 = true,
        Unicode8 = true,
        Named = true,
        Continuation = LineContinuation.Joins,
        KeepsUnknown = true,
    };

    private static readonly EscapeRules GoEscapes = new("a\ab\bf\fn\nr\rt\tv\v\\\\''\"\"")
    {
        Octal = true,
        HexLeast = 2,
        HexMost = 2,
        AreBytes = true,
        Unicode4 = true,
        Unicode8 = true,
    };

    private static readonly EscapeRules JavaEscapes = new("b\bt\tn\nf\fr\rs \"\"''\\\\")
    {
        Octal = true,
        Unicode4 = true,
        Continuation = LineContinuation.Joins,
    };

    private static readonly EscapeRules KotlinEscapes = new("t\tb\bn\nr\r''\"\"\\\\$$") { Unicode4 = true };

    /// <summary>Escapes of PHP in double quotes.</summary>
    internal static readonly EscapeRules PhpEscapes = new("n\nt\tr\rv\ve\u001Bf\f\\\\$$\"\"")
    {
        Octal = true,
        HexLeast = 1,
        HexMost = 2,
        AreBytes = true,
        UnicodeBraces = true,
        KeepsUnknown = true,
    };

    /// <summary>Escapes of PHP in a heredoc, where a double quote needs none.</summary>
    internal static readonly EscapeRules HeredocEscapes = PhpEscapes with { Simple = "n\nt\tr\rv\ve\u001Bf\f\\\\$$" };

    /// <summary>Escapes of Ruby in double quotes and heredocs.</summary>
    internal static readonly EscapeRules RubyEscapes = new("n\ns r\rt\ta\ab\be\u001Bf\fv\v")
    {
        Octal = true,
        HexLeast = 1,
        HexMost = 2,
        AreBytes = true,
        Unicode4 = true,
        UnicodeBraces = true,
        Continuation = LineContinuation.Joins,
    };

    /// <summary>Every language.</summary>
    public static IReadOnlyList<SourceLanguage> All { get; } =
    [
        new(LanguageKind.Rust, "Rust", [".rs"])
        {
            NestsComments = true,
            Literals = [new("\"", "\"") { Prefixes = ["", "b", "c"], Escapes = RustEscapes, IsMultiLine = true }],
        },
        new(LanguageKind.CSharp, "C#", [".cs"])
        {
            HasConditional = true,
            KeepsCarriageReturns = true,
            Literals = [Character(CSharpEscapes), new("\"", "\"") { Escapes = CSharpEscapes }],
        },
        JavaScript("JavaScript", ".js", ".jsx", ".mjs", ".cjs"),
        JavaScript("TypeScript", ".ts", ".tsx", ".mts", ".cts"),
        new(LanguageKind.Python, "Python", [".py", ".pyw", ".pyi"])
        {
            LineComments = ["#"],
            HasBlockComments = false,
            JoinsAdjacent = true,
            EndsAtLineBreak = true,
            IsIndented = true,
            Literals = [.. PythonQuotes.SelectMany(Python)],
        },
        new(LanguageKind.Go, "Go", [".go"])
        {
            EndsAtLineBreak = true,
            Literals = [Character(GoEscapes), new("\"", "\"") { Escapes = GoEscapes }, new("`", "`") { IsMultiLine = true }],
        },
        new(LanguageKind.Java, "Java", [".java"])
        {
            HasConditional = true,
            WordCharacters = "$",
            Literals =
            [
                Character(JavaEscapes),
                new("\"\"\"", "\"\"\"") { Escapes = JavaEscapes, IsMultiLine = true, Layout = LiteralLayout.TextBlock },
                new("\"", "\"") { Escapes = JavaEscapes },
            ],
        },
        new(LanguageKind.Kotlin, "Kotlin", [".kt", ".kts"])
        {
            NestsComments = true,
            EndsAtLineBreak = true,
            Literals =
            [
                Character(KotlinEscapes),
                new("\"\"\"", "\"\"\"") { Holes = HoleStyle.DollarName, IsMultiLine = true, ClosesLast = true },
                new("\"", "\"") { Escapes = KotlinEscapes, Holes = HoleStyle.DollarName },
            ],
        },
        new(LanguageKind.Php, "PHP", [".php", ".phtml", ".inc"])
        {
            LineComments = ["//", "#"],
            HasConditional = true,
            KeepsCarriageReturns = true,
            WordCharacters = "$",
            Concatenation = ".",
            Literals =
            [
                new("'", "'") { Escapes = new("\\\\''") { KeepsUnknown = true }, IsMultiLine = true },
                new("\"", "\"") { Escapes = PhpEscapes, Holes = HoleStyle.Php, IsMultiLine = true },
                new("`", "`") { Escapes = PhpEscapes, IsMultiLine = true, IsText = false },
            ],
        },
        new(LanguageKind.Ruby, "Ruby", [".rb", ".rake", ".ru"])
        {
            LineComments = ["#"],
            HasBlockComments = false,
            HasConditional = true,
            JoinsAdjacent = true,
            EndsAtLineBreak = true,
            IsIndented = true,
            WordCharacters = "$@",
            Literals =
            [
                new("'", "'") { Escapes = new("\\\\''") { KeepsUnknown = true }, IsMultiLine = true },
                new("\"", "\"") { Escapes = RubyEscapes, Holes = HoleStyle.HashBrace, IsMultiLine = true },
                new("`", "`") { Escapes = RubyEscapes, Holes = HoleStyle.HashBrace, IsMultiLine = true, IsText = false },
            ],
        },
    ];

    public IReadOnlyList<string> LineComments { get; init; } = ["//"];

    /// <summary>Whether <c>/* … */</c> is a comment.</summary>
    public bool HasBlockComments { get; init; } = true;

    public bool NestsComments { get; init; }

    /// <summary>Its literals, the longest beginning first. Those that no table can describe are in <see cref="SourceLexer"/>.</summary>
    public IReadOnlyList<LiteralRule> Literals { get; init; } = [];

    /// <summary>The operator that joins texts.</summary>
    public string Concatenation { get; init; } = "+";

    /// <summary>Whether literals side by side are one.</summary>
    public bool JoinsAdjacent { get; init; }

    /// <summary>Whether a statement ends at a line break.</summary>
    public bool EndsAtLineBreak { get; init; }

    /// <summary>Whether blocks are told by their indentation: in Python always, in Ruby by all who write it.</summary>
    public bool IsIndented { get; init; }

    /// <summary>Whether <c>condition ? value : value</c> exists.</summary>
    public bool HasConditional { get; init; }

    /// <summary>Characters of a name besides letters, digits and the underscore.</summary>
    public string WordCharacters { get; init; } = "";

    /// <summary>Whether a carriage return in a literal of several lines stays; the other compilers remove it.</summary>
    public bool KeepsCarriageReturns { get; init; }

    /// <summary>The language of a file; <see langword="null"/> if none.</summary>
    public static SourceLanguage? Of(string path)
    {
        string extension = Path.GetExtension(path);
        return All.FirstOrDefault(l => l.Extensions.Contains(extension, StringComparer.OrdinalIgnoreCase));
    }

    private static LiteralRule Character(EscapeRules escapes) => new("'", "'") { Escapes = escapes, IsText = false };

    private static SourceLanguage JavaScript(string name, params string[] extensions) => new(LanguageKind.JavaScript, name, extensions)
    {
        EndsAtLineBreak = true,
        HasConditional = true,
        WordCharacters = "$",
        Literals =
        [
            new("'", "'") { Escapes = JavaScriptEscapes },
            new("\"", "\"") { Escapes = JavaScriptEscapes },
            new("`", "`") { Escapes = JavaScriptEscapes, Holes = HoleStyle.DollarBrace, IsMultiLine = true },
        ],
    };

    private static IEnumerable<LiteralRule> Python(string quote)
    {
        LiteralRule plain = new(quote, quote) { IsMultiLine = quote.Length == 3, Escapes = PythonEscapes };
        yield return plain with { Prefixes = ["", "b", "u"] };
        yield return plain with { Prefixes = PythonRaw, Escapes = EscapeRules.Kept };
        yield return plain with { Prefixes = PythonFormatted, Holes = HoleStyle.Brace };
        yield return plain with { Prefixes = PythonRawFormatted, Holes = HoleStyle.Brace, Escapes = EscapeRules.Kept };
    }
}
