using System.Text;

namespace PosTenancy.Engine.Planning;

/// <summary>Changes to places of a text. All places are those of the text as it was; what is not named stays, to the character.</summary>
internal sealed class TextEdits(string text)
{
    private readonly List<(TextSpan Span, string Replacement)> _edits = [];

    public void Replace(TextSpan span, string replacement) => _edits.Add((span, replacement));

    public void Insert(int position, string inserted) => Replace(new TextSpan(position, position), inserted);

    /// <summary>Takes a piece out, with the blank before it.</summary>
    public void Remove(TextSpan span) =>
        Replace(span.Start > 0 && text[span.Start - 1] == ' ' ? span with { Start = span.Start - 1 } : span, "");

    /// <summary>The changed text. Insertions at one place come in the order in which they were made.</summary>
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
