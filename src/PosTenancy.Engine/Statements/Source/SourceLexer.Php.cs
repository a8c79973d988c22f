namespace PosTenancy.Engine.Statements.Source;

/// <content>Heredocs of PHP.</content>
internal sealed partial class SourceLexer
{
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
}
