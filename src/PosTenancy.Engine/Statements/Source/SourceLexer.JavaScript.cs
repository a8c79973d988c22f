namespace PosTenancy.Engine.Statements.Source;

/// <content>Regular expressions, and elements of JSX.</content>
internal sealed partial class SourceLexer
{
    private readonly Dictionary<string, int> _closingTags = new(StringComparer.Ordinal);
    private int _noPatternBefore;

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
}
