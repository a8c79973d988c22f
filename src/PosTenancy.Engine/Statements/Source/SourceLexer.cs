namespace PosTenancy.Engine.Statements.Source;

/// <summary>A comment of the source code.</summary>
/// <param name="Start">Index of its first character.</param>
/// <param name="End">Index after its last one.</param>
internal readonly record struct SourceComment(int Start, int End);

/// <summary>
/// Splits source code into tokens. It reads forward only and never twice, so that it takes linear time; what it cannot understand becomes
/// an operator of one character.
/// </summary>
internal sealed partial class SourceLexer
{
    /// <summary>Values within literals within values; deeper ones are not read.</summary>
    private const int DeepestHole = 24;

    private static readonly string[] Operators =
    [
        "<<=", "===", "!==", "...", "?->", "??=", "||=", "&&=", "<=>", "**=", "..=", ">>=",
        "+=", "-=", "*=", "/=", ".=", ":=", "=>", "->", "::", "==", "!=", "<=", ">=", "&&", "||", "<<", "??", "?.", "?:", "..", "++", "--",
        "|=", "&=", "%=", "=~", "^=",
    ];

    private static readonly ILookup<char, string> OperatorsByFirst = Operators.ToLookup(o => o[0]);

    /// <summary>Keywords after which a value begins, so that a slash begins a regular expression.</summary>
    private static readonly HashSet<string> ValueKeywords = new(StringComparer.Ordinal)
    {
        "return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "do", "else", "yield", "await", "if", "unless", "when",
        "and", "or", "not", "while", "until", "then", "elsif", "puts", "raise", "print",
    };

    private readonly string _text;
    private readonly SourceLanguage _language;
    private readonly bool _hasJsx;
    private readonly List<SourceComment> _comments = [];
    private int _depth;

    private SourceLexer(string text, SourceLanguage language, string extension)
    {
        _text = text;
        _language = language;
        _hasJsx = language.Kind == LanguageKind.JavaScript && extension.ToUpperInvariant() is ".JS" or ".JSX" or ".TSX";
    }

    /// <summary>What ends the code that is read.</summary>
    private enum CodeEnd
    {
        None,
        Brace,

        /// <summary>A brace, or what begins a format.</summary>
        Format,
    }

    /// <summary>Reads the tokens and comments of a file.</summary>
    public static (SourceTokens Tokens, IReadOnlyList<SourceComment> Comments) Read(string text, SourceLanguage language, string extension)
    {
        SourceLexer lexer = new(text, language, extension);
        List<SourceToken> tokens = [];
        int start = language.Kind == LanguageKind.Php ? lexer.AfterHtml(0, text.Length) : lexer.AfterShebang();
        lexer.Code(tokens, start, text.Length, CodeEnd.None);
        return (new SourceTokens(text, tokens), lexer._comments);
    }

    /// <summary>Reads code and returns the index of what ended it.</summary>
    private int Code(List<SourceToken> tokens, int position, int limit, CodeEnd end)
    {
        int brackets = 0;
        bool startsLine = true;
        int first = tokens.Count;
        while (position < limit)
        {
            char c = _text[position];
            if (c is '\n' or '\r')
            {
                startsLine = true;
                position++;
                position = c == '\n' ? AfterHeredocs(position, limit) : position;
            }
            else if (c is ' ' or '\t' or '\f' or '\v' or '\u00A0' or '\uFEFF')
            {
                position++;
            }
            else if (c == '\\' && _language.IsIndented && AfterJoinedLine(position, limit) is var joined && joined > position)
            {
                position = joined;
            }
            else if (AfterComment(position, limit) is var comment && comment > position)
            {
                position = comment;
            }
            else if (AfterDirective(position, limit, startsLine) is var directive && directive > position)
            {
                position = directive;
            }
            else if (end != CodeEnd.None && brackets == 0 && EndsCode(position, limit, end, tokens, first))
            {
                return position;
            }
            else
            {
                int count = tokens.Count;
                position = Token(tokens, position, limit, startsLine);
                startsLine = tokens.Count == count && startsLine;
                if (end != CodeEnd.None && tokens.Count == count + 1 && tokens[count].Kind == SourceTokenKind.Operator)
                {
                    brackets = Math.Max(0, brackets + (c is '(' or '[' or '{' ? 1 : c is ')' or ']' or '}' ? -1 : 0));
                }
            }
        }

        return limit;
    }

    private bool EndsCode(int position, int limit, CodeEnd end, List<SourceToken> tokens, int first)
    {
        char c = _text[position];
        char next = position + 1 < limit ? _text[position + 1] : '\0';
        return c == '}' || (end == CodeEnd.Format && tokens.Count > first &&
            ((c == ':' && next != ':' && !(_language.Kind == LanguageKind.Python && next == '=')) ||
                (c == '!' && next != '=' && _language.Kind == LanguageKind.Python)));
    }

    /// <summary>Reads one token and returns the index after it.</summary>
    private int Token(List<SourceToken> tokens, int position, int limit, bool startsLine)
    {
        if (Literal(tokens, position, limit, startsLine) is var literal && literal > position)
        {
            return literal;
        }

        char c = _text[position];
        if (IsWordStart(c))
        {
            int end = AfterWord(position, limit);
            tokens.Add(new SourceToken(SourceTokenKind.Word, position, end, startsLine));
            return end;
        }

        if (c is >= '0' and <= '9')
        {
            int end = AfterNumber(position, limit);
            tokens.Add(new SourceToken(SourceTokenKind.Number, position, end, startsLine));
            return end;
        }

        int length = OperatorsByFirst[c].FirstOrDefault(o => StartsWith(position, limit, o))?.Length ?? 1;
        tokens.Add(new SourceToken(SourceTokenKind.Operator, position, position + length, startsLine));
        return position + length;
    }

    private bool IsWordStart(char c) =>
        c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or '_' || (c >= '\u0080' && char.IsLetter(c)) ||
        _language.WordCharacters.IndexOf(c) >= 0;

    private bool IsWordPart(char c) => IsWordStart(c) || c is >= '0' and <= '9';

    private int AfterWord(int position, int limit)
    {
        int end = position + 1;
        while (end < limit && IsWordPart(_text[end]))
        {
            end++;
        }

        // Methods of Ruby may end with these.
        bool isMethod = _language.Kind == LanguageKind.Ruby && end < limit && _text[end] is '?' or '!' &&
            (end + 1 >= limit || _text[end + 1] is not ('=' or ':'));
        return isMethod ? end + 1 : end;
    }

    private int AfterNumber(int position, int limit)
    {
        int end = position + 1;
        while (end < limit &&
            (_text[end] is (>= '0' and <= '9') or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or '_' ||
                (_text[end] == '.' && end + 1 < limit && _text[end + 1] is >= '0' and <= '9')))
        {
            end++;
        }

        return end;
    }

    /// <summary>Whether a value can begin here, so that a slash or a percent sign is no operator.</summary>
    private bool IsValuePosition(List<SourceToken> tokens, int position)
    {
        if (tokens.Count == 0)
        {
            return true;
        }

        SourceToken last = tokens[tokens.Count - 1];
        switch (last.Kind)
        {
            case SourceTokenKind.Operator:
                string text = _text.Substring(last.Start, last.End - last.Start);
                return text is not (")" or "]" or "}" or "++" or "--");
            case SourceTokenKind.Word:
                // A method of Ruby is called without parentheses: a blank before and none after decides.
                return ValueKeywords.Contains(_text.Substring(last.Start, last.End - last.Start)) ||
                    (_language.Kind == LanguageKind.Ruby && last.End < position && position + 1 < _text.Length &&
                        !char.IsWhiteSpace(_text[position + 1]) && _text[position + 1] != '=');
            default:
                return false;
        }
    }

    private int AfterComment(int position, int limit)
    {
        char c = _text[position];
        int end = position;
        if (c == '/' && _language.HasBlockComments && StartsWith(position, limit, "/*"))
        {
            end = AfterBlockComment(position, limit);
        }
        else if (_language.Kind == LanguageKind.Ruby && c == '=' && IsLineStart(position) && StartsWith(position, limit, "=begin"))
        {
            int close = IndexOf("\n=end", position, limit);
            end = close < 0 ? limit : AfterLine(close + 1, limit);
        }
        else if (_language.LineComments.Any(mark => StartsWith(position, limit, mark)) &&
            !(_language.Kind == LanguageKind.Php && StartsWith(position, limit, "#[")))
        {
            end = AfterLine(position, limit);
            if (_language.Kind == LanguageKind.Php && IndexOf("?>", position, end) is var close and >= 0)
            {
                end = close;
            }
        }

        if (end > position)
        {
            _comments.Add(new SourceComment(position, end));
        }

        return end;
    }

    private int AfterBlockComment(int position, int limit)
    {
        int depth = 0;
        for (int i = position; i + 1 < limit; i++)
        {
            if (_text[i] == '*' && _text[i + 1] == '/')
            {
                depth--;
                i++;
                if (depth == 0)
                {
                    return i + 1;
                }
            }
            else if (_text[i] == '/' && _text[i + 1] == '*')
            {
                depth = _language.NestsComments ? depth + 1 : 1;
                i++;
            }
        }

        return limit;
    }

    /// <summary>What is not code although no comment: preprocessor lines, HTML around PHP, data after the end of a Ruby program.</summary>
    private int AfterDirective(int position, int limit, bool startsLine)
    {
        char c = _text[position];
        return _language.Kind switch
        {
            LanguageKind.CSharp when c == '#' && startsLine => AfterLine(position, limit),
            LanguageKind.Php when c == '?' && StartsWith(position, limit, "?>") => AfterHtml(position + 2, limit),
            LanguageKind.Ruby when c == '_' && IsLineStart(position) && StartsWith(position, limit, "__END__") &&
                AfterWord(position, limit) == position + 7 => limit,
            _ => position,
        };
    }

    private int AfterHtml(int position, int limit)
    {
        int open = IndexOf("<?", position, limit);
        if (open < 0)
        {
            return limit;
        }

        return StartsWith(open, limit, "<?php") ? open + 5 : StartsWith(open, limit, "<?=") ? open + 3 : open + 2;
    }

    private int AfterShebang() => StartsWith(0, _text.Length, "#!") && !StartsWith(0, _text.Length, "#![") ? AfterLine(0, _text.Length) : 0;

    private int AfterJoinedLine(int position, int limit) =>
        StartsWith(position, limit, "\\\r\n") ? position + 3 : StartsWith(position, limit, "\\\n") ? position + 2 : position;

    private int AfterLine(int position, int limit)
    {
        int end = _text.IndexOfAny(['\n', '\r'], position, limit - position);
        return end < 0 ? limit : end;
    }

    private bool IsLineStart(int position) => position == 0 || _text[position - 1] is '\n' or '\r';

    private bool StartsWith(int position, int limit, string mark) =>
        position + mark.Length <= limit && string.CompareOrdinal(_text, position, mark, 0, mark.Length) == 0;

    private int IndexOf(string mark, int position, int limit) =>
        position < limit ? _text.IndexOf(mark, position, limit - position, StringComparison.Ordinal) : -1;
}
