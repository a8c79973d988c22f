namespace PosTenancy.Engine.Statements.Source;

/// <content>Text blocks of Java, and literals of Kotlin with several dollar signs.</content>
internal sealed partial class SourceLexer
{
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

    private (SourceLiteral? Literal, int End) KotlinDollars(int position, int limit)
    {
        int dollars = Run('$', position, Math.Min(limit, position + MostMarks));
        int quote = position + dollars;
        LiteralRule? rule = _language.Literals.FirstOrDefault(l => l.IsText && StartsWith(quote, limit, l.Open));
        return rule is null ? (null, position) : Body(rule, quote + rule.Open.Length, limit, new BodyLayout(0, dollars));
    }
}
