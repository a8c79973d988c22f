namespace PosTenancy.Engine.Statements.Source;

/// <summary>A block of statements.</summary>
/// <param name="Parent">Index of the block around it; -1 for the file.</param>
/// <param name="First">Index of its first token.</param>
/// <param name="Scope">Index of the function or class whose variables it sees; itself if it is one.</param>
/// <param name="IsInFunction">Whether a function is around it.</param>
internal sealed record SourceBlock(int Parent, int First, int Scope, bool IsInFunction)
{
    /// <summary>Index of its last token.</summary>
    public int Last { get; set; } = int.MaxValue;

    /// <summary>Column of its statements, where indentation tells blocks.</summary>
    public int Indent { get; init; }
}

/// <summary>The blocks of a file: by braces, or by indentation.</summary>
internal sealed class SourceBlocks
{
    private static readonly HashSet<string> Control = new(StringComparer.Ordinal)
    {
        "if", "for", "while", "switch", "catch", "using", "foreach", "lock", "match", "when", "else", "do", "try", "finally", "loop",
            "unsafe",
        "until", "unless", "elseif", "elsif", "fixed", "synchronized", "with", "select",
    };

    private static readonly HashSet<string> Scopes = new(StringComparer.Ordinal) { "def", "class", "module" };
    private static readonly HashSet<string> Functions = new(StringComparer.Ordinal) { "fn", "func", "function", "fun", "def" };

    private readonly SourceTokens _tokens;
    private readonly SourceLanguage _language;
    private readonly List<SourceBlock> _blocks = [];
    private readonly int[] _blockOf;

    public SourceBlocks(SourceTokens tokens, SourceLanguage language, SourceText text)
    {
        _tokens = tokens;
        _language = language;
        _blockOf = new int[tokens.Count];
        _blocks.Add(new SourceBlock(-1, 0, 0, IsInFunction: false));
        if (language.IsIndented)
        {
            ByIndentation(text);
        }
        else
        {
            ByBraces();
        }
    }

    public SourceBlock this[int index] => _blocks[index];

    /// <summary>Index of the block of a token.</summary>
    public int Of(int token) => token < _blockOf.Length ? _blockOf[token] : 0;

    /// <summary>Whether a block is another one or is around it.</summary>
    public bool Contains(int outer, int inner) =>
        _blocks[outer].First <= _blocks[inner].First && _blocks[inner].Last <= _blocks[outer].Last;

    /// <summary>Whether a keyword begins a statement whose body is not always run, or runs several times.</summary>
    public static bool IsControl(SourceTokens tokens, int index) => tokens.IsAny(index, Control);

    /// <summary>The names of all parameters of functions: such a name may stand for another value than the constant of the file.</summary>
    public HashSet<string> ParameterNames()
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        for (int i = 0; i < _tokens.Count; i++)
        {
            if (_tokens.Is(i, "(") && _tokens.IsOpen(i) && IsParameterList(i))
            {
                AddNames(names, i + 1, _tokens.Match(i));
            }
            else if ((_tokens.Is(i, "=>") || (_tokens.Is(i, "->") && _language.Kind != LanguageKind.Php)) &&
                _tokens.IsKind(i - 1, SourceTokenKind.Word))
            {
                names.Add(_tokens.Text(i - 1));
            }
            else if (_tokens.Is(i, "|") &&
                (_tokens.Is(i - 1, "{") || _tokens.Is(i - 1, "do") || _tokens.Is(i - 1, "(") || _tokens.Is(i - 1, ",") ||
                _tokens.Is(i - 1, "=") || _tokens.Is(i - 1, "move")))
            {
                AddNames(names, i + 1, Math.Min(i + 12, _tokens.Count));
            }
            else if (_tokens.Is(i, "for") || _tokens.Is(i, "foreach"))
            {
                AddLoopNames(names, i + 1);
            }
        }

        return names;
    }

    private void AddNames(HashSet<string> names, int from, int to)
    {
        for (int i = from; i < to; i++)
        {
            if (_tokens.Is(i, "|"))
            {
                return;
            }

            if (_tokens.IsKind(i, SourceTokenKind.Word) && !_tokens.Is(i - 1, "=") && !_tokens.Is(i + 1, ".") && !_tokens.Is(i + 1, "::"))
            {
                names.Add(_tokens.Text(i));
            }
        }
    }

    private void AddLoopNames(HashSet<string> names, int from)
    {
        for (int i = from; i < Math.Min(from + 12, _tokens.Count); i++)
        {
            if (_tokens.Is(i, "in") || _tokens.Is(i, "of") || _tokens.Is(i, "range") || _tokens.Is(i, ";") || _tokens.Is(i, "{"))
            {
                return;
            }

            if (_tokens.IsKind(i, SourceTokenKind.Word))
            {
                names.Add(_tokens.Text(i));
            }
        }
    }

    private bool IsParameterList(int open)
    {
        int close = _tokens.Match(open);
        bool isLambda = _tokens.Is(close + 1, "=>") ||
            (_tokens.Is(close + 1, "->") && _language.Kind is LanguageKind.Java or LanguageKind.Kotlin);
        bool isNamed = _tokens.IsAny(open - 1, Functions) || _tokens.IsAny(open - 2, Functions);
        bool isMethod = _tokens.IsKind(open - 1, SourceTokenKind.Word) && !_tokens.IsAny(open - 1, Control) &&
            (_tokens.Is(close + 1, "{") || _tokens.Is(close + 1, "throws") || (_tokens.Is(close + 1, ":") && !_language.IsIndented) ||
                _tokens.Is(close + 1, "where"));

        // The parameters of a method of Go follow its receiver; those of a generic function, its type parameters.
        bool isAfterReceiver = _language.Kind == LanguageKind.Go && _tokens.IsKind(open - 1, SourceTokenKind.Word) &&
            _tokens.Is(open - 2, ")");
        bool isGeneric = _tokens.Is(open - 1, ">") && (_tokens.Is(close + 1, "{") || _tokens.Is(close + 1, "->"));
        return isLambda || isNamed || isMethod || isAfterReceiver || isGeneric;
    }

    private void ByBraces()
    {
        Stack<int> open = new();
        open.Push(0);
        int statement = 0;
        for (int i = 0; i < _tokens.Count; i++)
        {
            if (_tokens.Is(i, "}") && _tokens.Match(i) >= 0 && open.Count > 1)
            {
                // A brace that is not closed ends where the one around it does.
                while (open.Count > 1)
                {
                    int closed = open.Pop();
                    _blocks[closed].Last = i;
                    if (_blocks[closed].First == _tokens.Match(i) + 1)
                    {
                        break;
                    }
                }
            }

            _blockOf[i] = open.Peek();
            if (_tokens.Is(i, "{") && _tokens.IsOpen(i))
            {
                SourceBlock parent = _blocks[open.Peek()];
                bool isFunction = IsFunction(statement, i);
                _blocks.Add(new SourceBlock(open.Peek(), i + 1, isFunction ? _blocks.Count : parent.Scope, isFunction ||
                    parent.IsInFunction));
                open.Push(_blocks.Count - 1);
            }

            if (_tokens.Is(i, ";") || _tokens.Is(i, "{") || _tokens.Is(i, "}"))
            {
                statement = i + 1;
            }
        }

        while (open.Count > 1)
        {
            _blocks[open.Pop()].Last = _tokens.Count;
        }
    }

    /// <summary>Whether a brace begins the body of a function: a parameter list precedes it and no keyword of control flow.</summary>
    private bool IsFunction(int statement, int brace)
    {
        int from = Math.Max(statement, brace - 60);
        for (int i = brace - 1; i >= from; i--)
        {
            if (_tokens.Is(i, "=>") || _tokens.IsAny(i, Functions))
            {
                return true;
            }

            if (_tokens.IsAny(i, Control) || _tokens.Is(i, "="))
            {
                return false;
            }

            if (_tokens.Is(i, ")") && _tokens.Match(i) is var open and >= 0)
            {
                if (IsParameterList(open))
                {
                    return true;
                }

                i = open;
            }
        }

        return false;
    }

    private void ByIndentation(SourceText text)
    {
        Stack<int> open = new();
        open.Push(0);
        int bracketsUntil = -1;
        int line = 0;
        bool startsScope = false;
        bool startsFunction = false;
        for (int i = 0; i < _tokens.Count; i++)
        {
            bool isInBrackets = i < bracketsUntil;
            if (!isInBrackets && _tokens[i].StartsLine)
            {
                int column = text.Column(_tokens[i].Start);
                while (open.Count > 1 && _blocks[open.Peek()].Indent > column)
                {
                    _blocks[open.Pop()].Last = i - 1;
                }

                SourceBlock parent = _blocks[open.Peek()];
                if (i > 0 && column > Math.Max(parent.Indent, 1))
                {
                    bool isInFunction = parent.IsInFunction || startsFunction;
                    _blocks.Add(new SourceBlock(open.Peek(), i, startsScope ? _blocks.Count : parent.Scope,
                        isInFunction) { Indent = column });
                    open.Push(_blocks.Count - 1);
                }

                line = i;
                int keyword = _tokens.Is(line, "async") ? line + 1 : line;
                startsScope = _tokens.IsAny(keyword, Scopes);
                startsFunction = _tokens.Is(keyword, "def");
            }

            _blockOf[i] = open.Peek();
            if (!isInBrackets && _tokens.IsOpen(i) && !(_language.Kind == LanguageKind.Ruby && !_tokens.Is(i, "(") && !_tokens.Is(i, "[")))
            {
                bracketsUntil = _tokens.Match(i);
            }
        }

        while (open.Count > 1)
        {
            _blocks[open.Pop()].Last = _tokens.Count;
        }
    }
}
