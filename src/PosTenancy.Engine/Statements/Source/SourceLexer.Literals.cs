namespace PosTenancy.Engine.Statements.Source;

/// <content>The literals of each language: where they begin.</content>
internal sealed partial class SourceLexer
{
    /// <summary>More dollar signs than this begin no literal; a file full of them must not take quadratic time.</summary>
    private const int MostMarks = 16;

    private static readonly EscapeRules RubyQuoted = new("\\\\") { KeepsUnknown = true };
    private static readonly SourceLiteral NoText = new([], IsText: false);

    private readonly List<Heredoc> _heredocs = [];
    private readonly Dictionary<string, int> _closingTags = new(StringComparer.Ordinal);
    private Dictionary<string, int>? _lastLines;
    private int _noPatternBefore;

    /// <summary>A heredoc of Ruby, whose text begins on the next line.</summary>
    /// <param name="Tokens">List of its token.</param>
    /// <param name="Token">Index of its token.</param>
    /// <param name="Name">The line that ends it.</param>
    /// <param name="IsRaw">Whether nothing is put in.</param>
    /// <param name="RemovesIndent">Whether the shared indentation is removed.</param>
    private sealed record Heredoc(List<SourceToken> Tokens, int Token, string Name, bool IsRaw, bool RemovesIndent);

    /// <summary>Reads a literal and returns the index after it; the position itself if none begins here.</summary>
    private int Literal(List<SourceToken> tokens, int position, int limit, bool startsLine)
    {
        (SourceLiteral? literal, int end) = Special(tokens, position, limit, startsLine);
        if (literal is null && end == position)
        {
            (literal, end) = Tabled(position, limit);
        }

        if (literal is not null)
        {
            tokens.Add(new SourceToken(SourceTokenKind.Literal, position, end, startsLine, literal));
        }

        return end;
    }

    /// <summary>A literal that the table of the language describes.</summary>
    private (SourceLiteral? Literal, int End) Tabled(int position, int limit)
    {
        int quote = position;
        while (quote < limit && quote < position + 3 && char.IsLetter(_text[quote]))
        {
            quote++;
        }

        if (quote >= limit || _text[quote] is not ('"' or '\'' or '`'))
        {
            return (null, position);
        }

        string prefix = _text.Substring(position, quote - position).ToLowerInvariant();
        foreach (LiteralRule rule in _language.Literals)
        {
            if (rule.Prefixes.Contains(prefix, StringComparer.Ordinal) && StartsWith(quote, limit, rule.Open))
            {
                return rule.Layout == LiteralLayout.TextBlock ? TextBlock(rule, quote, limit) : Body(rule, quote + rule.Open.Length, limit);
            }
        }

        return (null, position);
    }

    /// <summary>A literal that no table can describe. Without a literal, the index after what was read instead.</summary>
    private (SourceLiteral? Literal, int End) Special(List<SourceToken> tokens, int position, int limit, bool startsLine)
    {
        char c = _text[position];
        return _language.Kind switch
        {
            LanguageKind.Rust when c == '\'' => RustQuote(position, limit),
            LanguageKind.Rust when c is 'r' or 'b' or 'c' => RustRaw(position, limit),
            LanguageKind.CSharp when c is '"' or '$' or '@' => CSharp(position, limit),
            LanguageKind.Kotlin when c == '$' => KotlinDollars(position, limit),
            LanguageKind.JavaScript when c == '/' => Pattern(tokens, position, limit),
            LanguageKind.JavaScript when c == '<' && _hasJsx => Jsx(tokens, position, limit, startsLine),
            LanguageKind.Php when c == '<' => PhpHeredoc(position, limit),
            LanguageKind.Ruby => Ruby(tokens, position, limit),
            _ => (null, position),
        };
    }

    /// <summary>A character; otherwise the quote begins a lifetime, and nothing is read.</summary>
    private (SourceLiteral? Literal, int End) RustQuote(int position, int limit)
    {
        int next = position + 1;
        if (next >= limit || _text[next] is '\n' or '\r')
        {
            return (null, position);
        }

        if (_text[next] == '\\')
        {
            int escaped = Math.Min(next + 2, limit);
            int close = _text.IndexOf('\'', escaped, Math.Min(12, limit - escaped));
            return close < 0 ? (null, position) : (NoText, close + 1);
        }

        int after = next + (char.IsHighSurrogate(_text[next]) ? 2 : 1);
        return after < limit && _text[after] == '\'' ? (NoText, after + 1) : (null, position);
    }

    private (SourceLiteral? Literal, int End) RustRaw(int position, int limit)
    {
        int mark = position + (_text[position] == 'r' ? 1 : 2);
        if (mark > limit || _text[mark - 1] != 'r')
        {
            return position + 1 < limit && _text[position] == 'b' && _text[position + 1] == '\''
                ? RustQuote(position + 1, limit)
                : (null, position);
        }

        int quote = mark;
        while (quote < limit && _text[quote] == '#')
        {
            quote++;
        }

        if (quote >= limit || _text[quote] != '"')
        {
            return (null, position);
        }

        string close = "\"" + new string('#', quote - mark);
        return Body(new LiteralRule("", close) { IsMultiLine = true }, quote + 1, limit);
    }

    private (SourceLiteral? Literal, int End) CSharp(int position, int limit)
    {
        int dollars = 0;
        bool isVerbatim = false;
        int quote = position;
        while (quote < limit && quote < position + MostMarks && _text[quote] is '$' or '@')
        {
            dollars += _text[quote] == '$' ? 1 : 0;
            isVerbatim |= _text[quote] == '@';
            quote++;
        }

        if (quote >= limit || _text[quote] != '"')
        {
            return (null, position);
        }

        HoleStyle holes = dollars > 0 ? HoleStyle.Brace : HoleStyle.None;
        int quotes = Run('"', quote, limit);
        if (quotes >= 3 && !isVerbatim)
        {
            return CSharpRaw(quote + quotes, limit, quotes, holes, dollars);
        }

        LiteralRule rule = isVerbatim
            ? new LiteralRule("\"", "\"") { Holes = holes, IsMultiLine = true, DoublesClose = true }
            : _language.Literals.First(l => l.Open == "\"") with { Holes = holes };
        return Body(rule, quote + 1, limit);
    }

    private (SourceLiteral? Literal, int End) CSharpRaw(int start, int limit, int quotes, HoleStyle holes, int dollars)
    {
        int close = IndexOf(new string('"', quotes), start, limit);
        int end = close < 0 ? limit : close;
        LiteralRule rule = new("", "") { Holes = holes, IsMultiLine = true };
        int first = start;
        int last = end;
        int indent = 0;
        int lineEnd = AfterLine(start, end);
        if (lineEnd < end && IsBlank(start, lineEnd))
        {
            // The first and the last line break are not part of the text, nor is the indentation of the last line.
            first = AfterLineBreak(lineEnd, end);
            last = LineBreakBefore(end, first);
            indent = end - AfterLineBreak(last, end);
        }

        SourceLiteral literal = Body(rule, first, Math.Max(first, last), new BodyLayout(indent, dollars)).Literal!;
        return (literal with { IsText = close >= 0 }, close < 0 ? limit : close + quotes);
    }

    private (SourceLiteral? Literal, int End) KotlinDollars(int position, int limit)
    {
        int dollars = Run('$', position, Math.Min(limit, position + MostMarks));
        int quote = position + dollars;
        LiteralRule? rule = _language.Literals.FirstOrDefault(l => l.IsText && StartsWith(quote, limit, l.Open));
        return rule is null ? (null, position) : Body(rule, quote + rule.Open.Length, limit, new BodyLayout(0, dollars));
    }

    private (SourceLiteral? Literal, int End) TextBlock(LiteralRule rule, int quote, int limit)
    {
        int start = quote + rule.Open.Length;
        int close = start;
        while (close < limit && !StartsWith(close, limit, rule.Close))
        {
            close += _text[close] == '\\' ? 2 : 1;
        }

        bool isComplete = close < limit;
        close = Math.Min(close, limit);
        int first = AfterLineBreak(AfterLine(start, close), close);
        int indent = int.MaxValue;
        for (int line = first; line <= close;)
        {
            int end = AfterLine(line, close);
            int visible = AfterBlanks(line, end);

            // The line of the closing quotes counts even if it is blank.
            indent = visible < end || (end == close && isComplete) ? Math.Min(indent, visible - line) : indent;
            line = end < close ? AfterLineBreak(end, close) : close + 1;
        }

        BodyLayout layout = new(indent == int.MaxValue ? 0 : indent, 1) { TrimsLineEnds = true };
        SourceLiteral literal = Body(rule with { Close = "" }, first, close, layout).Literal!;
        return (literal with { IsText = isComplete }, isComplete ? close + rule.Close.Length : limit);
    }

    /// <summary>A regular expression of JavaScript or Ruby, if a value can begin here.</summary>
    private (SourceLiteral? Literal, int End) Pattern(List<SourceToken> tokens, int position, int limit)
    {
        if (position < _noPatternBefore || !IsValuePosition(tokens, position))
        {
            return (null, position);
        }

        bool isClass = false;
        for (int i = position + 1; i < limit; i++)
        {
            switch (_text[i])
            {
                case '\n' or '\r':
                    _noPatternBefore = i;
                    return (null, position);
                case '\\':
                    i++;
                    break;
                case '[':
                    isClass = true;
                    break;
                case ']':
                    isClass = false;
                    break;
                case '/' when !isClass:
                    return (NoText, i + 1 < limit && IsWordPart(_text[i + 1]) ? AfterWord(i + 1, limit) : i + 1);
            }
        }

        _noPatternBefore = limit;
        return (null, position);
    }

    private (SourceLiteral? Literal, int End) PhpHeredoc(int position, int limit)
    {
        if (!StartsWith(position, limit, "<<<"))
        {
            return (null, position);
        }

        int name = AfterBlanks(position + 3, limit);
        char quote = name < limit && _text[name] is '\'' or '"' ? _text[name++] : '\0';
        int nameEnd = name;
        while (nameEnd < limit && IsWordPart(_text[nameEnd]))
        {
            nameEnd++;
        }

        int line = AfterLine(nameEnd, limit);
        if (nameEnd == name || line >= limit)
        {
            return (null, position);
        }

        string word = _text.Substring(name, nameEnd - name);
        int first = AfterLineBreak(line, limit);
        for (int start = first; start < limit;)
        {
            int visible = AfterBlanks(start, limit);
            int after = visible + word.Length;
            if (StartsWith(visible, limit, word) && (after >= limit || !IsWordPart(_text[after])))
            {
                LiteralRule rule = new("", "")
                {
                    Escapes = quote == '\'' ? null : SourceLanguage.HeredocEscapes,
                    Holes = quote == '\'' ? HoleStyle.None : HoleStyle.Php,
                    IsMultiLine = true,
                };
                int last = Math.Max(first, LineBreakBefore(start, first));
                return (Body(rule, first, last, new BodyLayout(visible - start, 1)).Literal, after);
            }

            int end = AfterLine(start, limit);
            start = end < limit ? AfterLineBreak(end, limit) : limit;
        }

        return (NoText, limit);
    }

    private (SourceLiteral? Literal, int End) Ruby(List<SourceToken> tokens, int position, int limit)
    {
        char c = _text[position];
        char next = position + 1 < limit ? _text[position + 1] : '\0';
        switch (c)
        {
            case '/':
                return Pattern(tokens, position, limit);
            case '%' when IsValuePosition(tokens, position):
                return RubyPercent(position, limit);
            case '<' when next == '<':
                return RubyHeredoc(tokens, position, limit);
            case '$' when next is '"' or '\'' or '`' or '/' or '<' or '\\' or ';' or ',' or '.' or '&' or '+' or '!' or '@' or '~':
                return (NoText, position + 2);
            case '?' when position + 2 <= limit && IsValuePosition(tokens, position) && !char.IsWhiteSpace(next) &&
                (position + 2 >= limit || !IsWordPart(_text[position + 2])):
                return (NoText, Math.Min(limit, next == '\\' ? position + 3 : position + 2));
            default:
                return (null, position);
        }
    }

    private (SourceLiteral? Literal, int End) RubyPercent(int position, int limit)
    {
        int mark = position + 1;
        char kind = mark < limit && char.IsLetter(_text[mark]) ? _text[mark++] : 'Q';
        char open = mark < limit ? _text[mark] : '\0';
        if (char.IsLetterOrDigit(open) || char.IsWhiteSpace(open) || open == '\0' || "qQwWiIrxs".IndexOf(kind) < 0 ||
            (mark == position + 1 && "([{<|!/^".IndexOf(open) < 0))
        {
            return (null, position);
        }

        char close = open switch { '(' => ')', '[' => ']', '{' => '}', '<' => '>', _ => open };
        bool isPlain = kind is 'q' or 'w' or 'i' or 's';
        LiteralRule rule = new($"{open}", $"{close}")
        {
            Escapes = isPlain ? RubyQuoted with { Simple = $"\\\\{open}{open}{close}{close}" } : SourceLanguage.RubyEscapes,
            Holes = isPlain ? HoleStyle.None : HoleStyle.HashBrace,
            IsMultiLine = true,
            IsText = kind is 'q' or 'Q',
        };
        return Body(rule, mark + 1, limit, new BodyLayout(0, 1) { Nests = open != close });
    }

    private (SourceLiteral? Literal, int End) RubyHeredoc(List<SourceToken> tokens, int position, int limit)
    {
        int name = position + 2;
        char style = name < limit && _text[name] is '~' or '-' ? _text[name++] : '\0';
        char quote = name < limit && _text[name] is '\'' or '"' or '`' ? _text[name++] : '\0';
        int end = name;
        while (end < limit && (quote == '\0' ? IsWordPart(_text[end]) : _text[end] != quote && _text[end] is not ('\n' or '\r')))
        {
            end++;
        }

        string word = _text.Substring(name, end - name);
        bool isAllowed = word.Length > 0 && (style != '\0' || quote != '\0' || char.IsUpper(word[0]) || word[0] == '_');
        if (!isAllowed || LastLine(word) <= position)
        {
            return (null, position);
        }

        end += quote == '\0' ? 0 : 1;
        _heredocs.Add(new Heredoc(tokens, tokens.Count, word, quote == '\'', style == '~'));
        return (NoText, Math.Min(end, limit));
    }

    /// <summary>Position of the last line that consists of a word alone. All lines are read once, so that no search is repeated.</summary>
    private int LastLine(string word)
    {
        if (_lastLines is null)
        {
            _lastLines = new Dictionary<string, int>(StringComparer.Ordinal);
            for (int start = 0; start < _text.Length;)
            {
                int end = AfterLine(start, _text.Length);
                if (end - start < 200)
                {
                    _lastLines[_text.Substring(start, end - start).Trim()] = start;
                }

                start = end + 1;
            }
        }

        return _lastLines.TryGetValue(word, out int found) ? found : -1;
    }

    /// <summary>Reads the texts of the heredocs that began on the line before, and returns the index after them.</summary>
    private int AfterHeredocs(int position, int limit)
    {
        if (_heredocs.Count == 0)
        {
            return position;
        }

        Heredoc[] pending = [.. _heredocs];
        _heredocs.Clear();
        foreach (Heredoc heredoc in pending)
        {
            int first = position;
            int indent = int.MaxValue;
            int start = position;
            bool isComplete = false;
            while (start < limit && !isComplete)
            {
                int end = AfterLine(start, limit);
                int visible = AfterBlanks(start, end);
                isComplete = end - visible == heredoc.Name.Length && StartsWith(visible, end, heredoc.Name);
                indent = isComplete || visible == end ? indent : Math.Min(indent, Columns(start, visible));
                if (isComplete)
                {
                    position = end;
                }
                else
                {
                    start = end < limit ? AfterLineBreak(end, limit) : limit;
                    position = start;
                }
            }

            LiteralRule rule = new("", "")
            {
                Escapes = heredoc.IsRaw ? null : SourceLanguage.RubyEscapes,
                Holes = heredoc.IsRaw ? HoleStyle.None : HoleStyle.HashBrace,
                IsMultiLine = true,
            };
            BodyLayout layout = new(heredoc.RemovesIndent && indent != int.MaxValue ? indent : 0, 1);
            SourceLiteral literal = Body(rule, first, start, layout).Literal!;
            heredoc.Tokens[heredoc.Token] = heredoc.Tokens[heredoc.Token] with { Literal = literal with { IsText = isComplete } };
        }

        return position;
    }

    /// <summary>An element of JSX: its text is no code, so that an apostrophe in it begins no literal.</summary>
    private (SourceLiteral? Literal, int End) Jsx(List<SourceToken> tokens, int position, int limit, bool startsLine)
    {
        int name = position + 1;
        if (_depth >= DeepestHole || name >= limit || !(char.IsLetter(_text[name]) || _text[name] == '>') ||
            !IsValuePosition(tokens, position) || !IsElement(position, limit))
        {
            return (null, position);
        }

        _depth++;
        int depth = 0;
        int i = position;
        do
        {
            bool isClosing = i + 1 < limit && _text[i + 1] == '/';
            bool isEmpty = false;
            i++;
            while (i < limit && _text[i] != '>')
            {
                isEmpty = _text[i] == '/';
                i = _text[i] is '"' or '\'' ? AfterCharacter(_text[i], i + 1, limit) : _text[i] == '{' ? Braces(tokens, i, limit) : i + 1;
            }

            i = Math.Min(i + 1, limit);
            depth += isClosing ? -1 : isEmpty ? 0 : 1;
            while (depth > 0 && i < limit && _text[i] != '<')
            {
                i = _text[i] == '{' ? Braces(tokens, i, limit) : i + 1;
            }
        }
        while (depth > 0 && i < limit);
        _depth--;

        // Stands for the value of the element.
        tokens.Add(new SourceToken(SourceTokenKind.Literal, Math.Max(position, i - 1), i, startsLine, NoText));
        return (null, i);
    }

    /// <summary>Whether an element begins here, no type parameter.</summary>
    private bool IsElement(int position, int limit)
    {
        int end = position + 1;
        while (end < limit && (IsWordPart(_text[end]) || _text[end] is '.' or '-' or ':'))
        {
            end++;
        }

        int next = AfterBlanks(end, limit);
        if (next >= limit || _text[next] == ',' || StartsWith(next, limit, "extends "))
        {
            return false;
        }

        if (_text[next] != '>')
        {
            return true;
        }

        string close = $"</{_text.Substring(position + 1, end - position - 1)}";
        if (!_closingTags.TryGetValue(close, out int last))
        {
            last = _text.LastIndexOf(close, StringComparison.Ordinal);
            _closingTags[close] = last;
        }

        return last > position;
    }

    private int Braces(List<SourceToken> tokens, int open, int limit)
    {
        tokens.Add(new SourceToken(SourceTokenKind.Operator, open, open + 1, StartsLine: false));
        int close = Code(tokens, open + 1, limit, CodeEnd.Brace);
        if (close < limit)
        {
            tokens.Add(new SourceToken(SourceTokenKind.Operator, close, close + 1, StartsLine: false));
        }

        return Math.Min(close + 1, limit);
    }

    private int AfterCharacter(char character, int position, int limit)
    {
        int found = position < limit ? _text.IndexOf(character, position, limit - position) : -1;
        return found < 0 ? limit : found + 1;
    }

    private int Run(char character, int position, int limit)
    {
        int end = position;
        while (end < limit && _text[end] == character)
        {
            end++;
        }

        return end - position;
    }

    private bool IsBlank(int start, int end) => AfterBlanks(start, end) == end;

    private int AfterBlanks(int position, int end)
    {
        while (position < end && _text[position] is ' ' or '\t')
        {
            position++;
        }

        return position;
    }

    private int Columns(int start, int end)
    {
        int columns = 0;
        for (int i = start; i < end; i++)
        {
            columns += _text[i] == '\t' ? 8 - (columns % 8) : 1;
        }

        return columns;
    }

    private int AfterLineBreak(int position, int limit) =>
        position >= limit ? limit : Math.Min(limit, StartsWith(position, limit, "\r\n") ? position + 2 : position + 1);

    /// <summary>Index of the line break that precedes the line of a position; the least if none.</summary>
    private int LineBreakBefore(int position, int least)
    {
        int i = position;
        while (i > least && _text[i - 1] is not ('\n' or '\r'))
        {
            i--;
        }

        return i > least + 1 && _text[i - 1] == '\n' && _text[i - 2] == '\r' ? i - 2 : Math.Max(least, i - 1);
    }
}
