namespace PosTenancy.Engine.Statements.Source;

/// <content>Verbatim, raw and interpolated literals of C#.</content>
internal sealed partial class SourceLexer
{
    /// <summary>More dollar signs than this begin no literal; a file full of them must not take quadratic time.</summary>
    private const int MostMarks = 16;

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
}
