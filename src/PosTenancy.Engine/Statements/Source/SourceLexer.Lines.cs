namespace PosTenancy.Engine.Statements.Source;

/// <content>Line breaks, blanks and runs of a character.</content>
internal sealed partial class SourceLexer
{
    private int AfterCharacter(char character, int position, int limit)
    {
        int found = position < limit ? _text.IndexOf(character, position, limit - position) : -1;
        return found < 0 ? limit : found + 1;
    }

    private int Run(char character, int position, int limit)
    {
        int end = position;
        while (end < limit && _text[end] == character)
        {
            end++;
        }

        return end - position;
    }

    private bool IsBlank(int start, int end) => AfterBlanks(start, end) == end;

    private int AfterBlanks(int position, int end)
    {
        while (position < end && _text[position] is ' ' or '\t')
        {
            position++;
        }

        return position;
    }

    private int Columns(int start, int end)
    {
        int columns = 0;
        for (int i = start; i < end; i++)
        {
            columns += _text[i] == '\t' ? 8 - (columns % 8) : 1;
        }

        return columns;
    }

    private int AfterLineBreak(int position, int limit) =>
        position >= limit ? limit : Math.Min(limit, StartsWith(position, limit, "\r\n") ? position + 2 : position + 1);

    /// <summary>Index of the line break that precedes the line of a position; the least if none.</summary>
    private int LineBreakBefore(int position, int least)
    {
        int i = position;
        while (i > least && _text[i - 1] is not ('\n' or '\r'))
        {
            i--;
        }

        return i > least + 1 && _text[i - 1] == '\n' && _text[i - 2] == '\r' ? i - 2 : Math.Max(least, i - 1);
    }
}
