namespace PosTenancy.Engine.Statements.Source;

/// <content>Literals, and what is put into them.</content>
internal sealed partial class ExpressionReader
{
    private IReadOnlyList<TextValue>? Number(SourceTokens tokens, int index)
    {
        string text = tokens.Text(index).Replace("_", "");
        int digits = 0;
        while (digits < text.Length && char.IsDigit(text[digits]))
        {
            digits++;
        }

        // A type suffix such as i64 or L is not part of the number; a hexadecimal one is not read.
        bool isDecimal = digits > 0 && (digits == text.Length || text[digits] is 'i' or 'u' or 'L' or 'l' or 'm' or 'M');
        if (!isDecimal)
        {
            return null;
        }

        _used.Add(tokens[index].Start);
        MappedText.Builder number = new();
        number.Append(text.Substring(0, digits), tokens[index].Start);
        return [TextValue.Number(number.Build())];
    }

    /// <summary>A literal, or several side by side, and what is done with them.</summary>
    private IReadOnlyList<TextValue>? Literals(SourceTokens tokens, int from, int to)
    {
        IReadOnlyList<TextValue> values = [TextValue.Empty];
        int i = from;
        do
        {
            if (!tokens[i].Literal!.IsText)
            {
                return null;
            }

            values = Combine(values, LiteralValue(tokens, i, BindsValues));
            i++;
        }
        while (language.JoinsAdjacent && i < to && tokens.IsKind(i, SourceTokenKind.Literal) &&
            !(language.Kind == LanguageKind.Ruby && tokens[i].StartsLine));
        return Postfix(values, tokens, i, to, isVariable: false);
    }

    private IReadOnlyList<TextValue> LiteralValue(SourceTokens tokens, int index, bool binds)
    {
        _used.Add(tokens[index].Start);
        IReadOnlyList<TextValue> values = [TextValue.Empty];
        foreach (LiteralPart part in tokens[index].Literal!.Parts)
        {
            if (part.Hole is null)
            {
                values = [.. values.Select(v => v.With(TextValue.Of(part.Text)))];
                continue;
            }

            IReadOnlyList<TextValue>? known = binds ? null : HoleValue(part.Hole);
            TextValue other = binds
                ? TextValue.Of(new TextPiece.Parameter(part.Start, "{…} -> ?"))
                : Unknown(part.Hole, 0, part.Hole.Count);
            values = Combine(values, known ?? [other]);
        }

        return values;
    }

    private IReadOnlyList<TextValue>? HoleValue(SourceTokens hole)
    {
        int end = 0;
        while (end < hole.Count && !hole.Is(end, ","))
        {
            end = hole.After(end);
        }

        return Choice(hole, 0, end);
    }
}
