namespace PosTenancy.Engine.Statements.Source;

/// <summary>Puts values into a text that marks their places.</summary>
/// <param name="byIndex">Value of an argument by its number; <see langword="null"/> if there is none.</param>
/// <param name="byName">Value of an argument by its name.</param>
internal sealed class FormatReader(Func<int, TextValue?> byIndex, Func<string, TextValue> byName)
{
    private int _next;

    /// <summary>Fills braces: <c>{}</c>, <c>{0}</c>, <c>{name:format}</c>; doubled braces stand for themselves.</summary>
    public TextValue Braces(TextValue template) => Fill(template, '{', BracePlace);

    /// <summary>Fills percent signs: <c>%s</c>, <c>%5d</c>, <c>%[1]s</c>, <c>%1$s</c>, <c>%(name)s</c>, <c>%{name}</c>.</summary>
    public TextValue Percents(TextValue template) => Fill(template, '%', PercentPlace);

    private static TextValue Fill(TextValue template, char mark, Func<MappedText, int, (TextValue? Value, int End)> place)
    {
        TextValue result = TextValue.Empty;
        foreach (TextPiece piece in template.Pieces)
        {
            if (piece is not TextPiece.Fixed { Text: var text })
            {
                result = result.With(piece);
                continue;
            }

            int copied = 0;
            for (int i = 0; i < text.Text.Length;)
            {
                char c = text.Text[i];
                if (c != mark && !(mark == '{' && c == '}'))
                {
                    i++;
                    continue;
                }

                bool isDoubled = i + 1 < text.Text.Length && text.Text[i + 1] == c;
                (TextValue? value, int end) = isDoubled ? (TextValue.Of(text.Slice(i, 1)), i + 2) : place(text, i);
                if (value is null)
                {
                    i++;
                    continue;
                }

                result = result.With(TextValue.Of(text.Slice(copied, i - copied))).With(value);
                i = end;
                copied = end;
            }

            result = result.With(TextValue.Of(text.Slice(copied, text.Text.Length - copied)));
        }

        return result;
    }

    private (TextValue? Value, int End) BracePlace(MappedText text, int start)
    {
        int close = text.Text[start] == '{' ? text.Text.IndexOf('}', start, Math.Min(200, text.Text.Length - start)) : -1;
        if (close < 0)
        {
            return (null, start + 1);
        }

        string name = text.Text.Substring(start + 1, close - start - 1);
        int end = name.IndexOfAny([':', '!', ',']);
        name = (end < 0 ? name : name.Substring(0, end)).Trim();
        return (name.Length == 0 ? Next() : int.TryParse(name, out int number) ? At(number) : byName(name), close + 1);
    }

    private (TextValue? Value, int End) PercentPlace(MappedText text, int start)
    {
        string format = text.Text;
        int i = start + 1;
        TextValue? value = null;
        if (i < format.Length && format[i] is '(' or '{' or '<')
        {
            char close = format[i] switch { '(' => ')', '{' => '}', _ => '>' };
            int end = format.IndexOf(close, i, Math.Min(200, format.Length - i));
            if (end < 0)
            {
                return (null, i);
            }

            value = byName(format.Substring(i + 1, end - i - 1));
            if (close == '}')
            {
                return (value, end + 1);
            }

            i = end + 1;
        }
        else if (i < format.Length && format[i] == '[')
        {
            int end = format.IndexOf(']', i, Math.Min(20, format.Length - i));
            if (end > 0 && int.TryParse(format.Substring(i + 1, end - i - 1), out int number))
            {
                value = At(number - 1);
                i = end + 1;
            }
        }

        int digits = i;
        while (i < format.Length && format[i] is (>= '0' and <= '9') or '-' or '+' or '#' or '.' or '$' or '*')
        {
            if (format[i] == '$' && int.TryParse(format.Substring(digits, Math.Min(i - digits, 9)), out int position))
            {
                value = At(position - 1);
            }

            i++;
        }

        while (i < format.Length && format[i] is 'l' or 'h' or 'z')
        {
            i++;
        }

        return i >= format.Length || !char.IsLetter(format[i]) ? (null, start + 1)
            : format[i] == 'n' && value is null ? (TextValue.Empty, i + 1)
            : (format[i] is 'd' or 'i' or 'u' ? AsNumber(value ?? Next()) : value ?? Next(), i + 1);
    }

    private static TextValue AsNumber(TextValue value) =>
        value.Single is TextPiece.Hole hole ? TextValue.Of(hole with { IsNumber = true }) : value;

    private TextValue Next() => At(_next++);

    private TextValue At(int number) => byIndex(number) ?? byName($"{number}");
}
