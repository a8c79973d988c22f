using System.Text;

namespace PosTenancy.Engine.Planning;

/// <summary>Edits to a text. All positions refer to the original text; everything else is kept character by character.</summary>
internal sealed class TextEdits(string text)
{
    private readonly List<(TextSpan Span, string Replacement)> _edits = [];

    public void Replace(TextSpan span, string replacement) => _edits.Add((span, replacement));

    public void Insert(int position, string inserted) => Replace(new TextSpan(position, position), inserted);

    /// <summary>Removes a span and the blank before it, unless only that separates the words before and after it.</summary>
    public void Remove(TextSpan span)
    {
        bool isSeparated = span.End == text.Length || text[span.End] is ' ' or '\t' or '\r' or '\n' or ',' or ')';
        Replace(isSeparated && span.Start > 0 && text[span.Start - 1] == ' ' ? span with { Start = span.Start - 1 } : span, "");
    }

    /// <summary>The edited text. Insertions at one position keep the order in which they were made.</summary>
    public string Apply()
    {
        StringBuilder result = new();
        int copied = 0;
        foreach ((TextSpan span, string replacement) in _edits.OrderBy(e => e.Span.Start).ThenBy(e => e.Span.End))
        {
            result.Append(text, copied, span.Start - copied).Append(replacement);
            copied = span.End;
        }

        return result.Append(text, copied, text.Length - copied).ToString();
    }
}
