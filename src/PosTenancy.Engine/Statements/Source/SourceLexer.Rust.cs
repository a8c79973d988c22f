namespace PosTenancy.Engine.Statements.Source;

/// <content>Characters, lifetimes and raw literals of Rust.</content>
internal sealed partial class SourceLexer
{
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
}
