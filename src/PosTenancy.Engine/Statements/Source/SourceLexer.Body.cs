namespace PosTenancy.Engine.Statements.Source;

/// <content>What is within a literal: texts, escapes and values put in.</content>
internal sealed partial class SourceLexer
{
    /// <summary>How the lines of a literal are laid out, and its marks.</summary>
    /// <param name="Indent">Columns of white space to remove from each line.</param>
    /// <param name="Marks">Number of braces or dollar signs that begin a value.</param>
    private readonly record struct BodyLayout(int Indent, int Marks)
    {
        /// <summary>Whether blanks before a line break are removed.</summary>
        public bool TrimsLineEnds { get; init; }

        /// <summary>Whether brackets in it pair.</summary>
        public bool Nests { get; init; }
    }

    /// <summary>Reads the inside of a literal up to its end, or up to the limit if its end is empty.</summary>
    private (SourceLiteral? Literal, int End) Body(LiteralRule rule, int start, int limit, BodyLayout layout = default)
    {
        layout = layout with { Marks = Math.Max(1, layout.Marks) };
        List<LiteralPart> parts = [];
        MappedText.Builder text = new();
        int nested = 0;
        int kept = 0;
        bool isComplete = rule.Close.Length == 0;
        int i = AfterIndent(start, limit, layout.Indent);
        while (i < limit)
        {
            char c = _text[i];
            if (rule.Close.Length > 0 && c == rule.Close[0] && StartsWith(i, limit, rule.Close))
            {
                if (nested > 0)
                {
                    nested--;
                }
                else if (rule.DoublesClose && StartsWith(i + rule.Close.Length, limit, rule.Close))
                {
                    i += rule.Close.Length;
                }
                else if (!rule.ClosesLast || !(i + rule.Close.Length < limit && _text[i + rule.Close.Length] == c))
                {
                    i += rule.Close.Length;
                    isComplete = true;
                    break;
                }

                text.Append(c, i++);
            }
            else if (rule.Holes != HoleStyle.None && Hole(rule.Holes, layout.Marks, i, limit) is { } hole)
            {
                AddText(parts, ref text);
                kept = 0;
                parts.Add(hole.Part);
                i = hole.End;
            }
            else if (rule.Holes == HoleStyle.Brace && layout.Marks == 1 && c is '{' or '}' && i + 1 < limit && _text[i + 1] == c)
            {
                text.Append(c, i);
                i += 2;
            }
            else if (c == '\\' && rule.Escapes is { } escapes)
            {
                bool joins = escapes.Continuation == LineContinuation.Joins && i + 1 < limit && _text[i + 1] is '\n' or '\r';
                i = escapes.Decode(_text, i, limit, text);
                i = joins ? AfterIndent(i, limit, layout.Indent) : i;
                kept = text.Length;
            }
            else if (c is '\n' or '\r')
            {
                if (!rule.IsMultiLine)
                {
                    break;
                }

                if (layout.TrimsLineEnds)
                {
                    text.TrimEnd(kept);
                }

                i = LineBreak(i, limit, text);
                i = AfterIndent(i, limit, layout.Indent);
            }
            else
            {
                nested += layout.Nests && c == rule.Open[0] ? 1 : 0;
                text.Append(c, i++);
            }
        }

        AddText(parts, ref text);
        return (new SourceLiteral(parts, rule.IsText && isComplete), i);
    }

    private static void AddText(List<LiteralPart> parts, ref MappedText.Builder text)
    {
        if (text.Length > 0)
        {
            parts.Add(new LiteralPart(text.Build(), null, 0, 0));
            text = new MappedText.Builder();
        }
    }

    private int LineBreak(int position, int limit, MappedText.Builder text)
    {
        bool isPair = StartsWith(position, limit, "\r\n");
        if (isPair && _language.KeepsCarriageReturns)
        {
            text.Append('\r', position);
            text.Append('\n', position + 1);
        }
        else
        {
            text.Append(isPair || !_language.KeepsCarriageReturns ? '\n' : _text[position], isPair ? position + 1 : position);
        }

        return position + (isPair ? 2 : 1);
    }

    private int AfterIndent(int position, int limit, int indent)
    {
        int columns = 0;
        while (columns < indent && position < limit && _text[position] is ' ' or '\t')
        {
            columns += _text[position] == '\t' && _language.Kind == LanguageKind.Ruby ? 8 - (columns % 8) : 1;
            position++;
        }

        return position;
    }

    /// <summary>The value that is put in at a position, if any, and the index after it.</summary>
    private (LiteralPart Part, int End)? Hole(HoleStyle style, int marks, int position, int limit)
    {
        char c = _text[position];
        char next = position + 1 < limit ? _text[position + 1] : '\0';
        switch (style)
        {
            case HoleStyle.DollarBrace when c == '$' && next == '{':
            case HoleStyle.HashBrace when c == '#' && next == '{':
            case HoleStyle.Php when c == '$' && next == '{':
                return Braced(position + 2, limit, 1, CodeEnd.Brace);
            case HoleStyle.Php when c == '{' && next == '$':
                return Braced(position + 1, limit, 1, CodeEnd.Brace);
            case HoleStyle.Php when c == '$' && IsNameStart(next):
                return Named(position, AfterPhpName(position, limit));
            case HoleStyle.HashBrace when c == '#' && next is '@' or '$':
                return Named(position + 1, AfterWord(position + 1, limit));
            case HoleStyle.DollarName when c == '$' && Run('$', position, Math.Min(limit, position + marks + 1)) is var run && run >= marks:
                int after = position + marks;
                return run > marks ? null
                    : StartsWith(after, limit, "{") ? Braced(after + 1, limit, 1, CodeEnd.Brace)
                    : after < limit && IsNameStart(_text[after]) ? Named(after, AfterWord(after, limit))
                    : null;
            case HoleStyle.Brace when c == '{':
                // Of more braces than marks the last ones begin the value; two for one mark are a brace.
                return Run('{', position, Math.Min(limit, position + marks + 1)) == marks
                    ? Braced(position + marks, limit, marks, CodeEnd.Format) : null;
            default:
                return null;
        }
    }

    private (LiteralPart Part, int End)? Braced(int start, int limit, int marks, CodeEnd codeEnd)
    {
        List<SourceToken> tokens = [];
        int end = start;
        if (_depth < DeepestHole)
        {
            _depth++;
            end = Code(tokens, start, limit, codeEnd);
            _depth--;
        }

        // A format such as ":>10" may contain braces too.
        int close = end;
        for (int depth = 0; close < limit && (_text[close] != '}' || depth > 0); close++)
        {
            depth += _text[close] == '{' ? 1 : _text[close] == '}' ? -1 : 0;
        }

        LiteralPart part = new(MappedText.Empty, new SourceTokens(_text, tokens), start, end);
        return (part, Math.Min(limit, close + marks));
    }

    private (LiteralPart Part, int End)? Named(int start, int end)
    {
        List<SourceToken> tokens = [];
        if (_depth < DeepestHole)
        {
            _depth++;
            Code(tokens, start, end, CodeEnd.None);
            _depth--;
        }

        return (new LiteralPart(MappedText.Empty, new SourceTokens(_text, tokens), start, end), end);
    }

    /// <summary>End of a simple value of PHP: <c>$name</c>, <c>$name[index]</c> or <c>$name->property</c>.</summary>
    private int AfterPhpName(int position, int limit)
    {
        int end = AfterWord(position + 1, limit);
        if (StartsWith(end, limit, "->") && end + 2 < limit && IsNameStart(_text[end + 2]))
        {
            return AfterWord(end + 2, limit);
        }

        if (end < limit && _text[end] == '[')
        {
            int close = _text.IndexOf(']', end, Math.Min(limit - end, 200));
            return close < 0 ? end : close + 1;
        }

        return end;
    }

    private static bool IsNameStart(char c) =>
        c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or '_' || (c >= '\u0080' && char.IsLetter(c));
}
