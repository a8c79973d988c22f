namespace PosTenancy.Engine.Statements.Source;

/// <content>Literals of Ruby that begin with a percent sign, a question mark or a slash.</content>
internal sealed partial class SourceLexer
{
    private static readonly EscapeRules RubyQuoted = new("\\\\") { KeepsUnknown = true };

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
}
