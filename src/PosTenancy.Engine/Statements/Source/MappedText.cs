using System.Text;

namespace PosTenancy.Engine.Statements.Source;

/// <summary>A text that remembers where in the source each of its characters came from.</summary>
internal sealed class MappedText
{
    public static readonly MappedText Empty = new("", []);

    private readonly IReadOnlyList<Run> _runs;

    private MappedText(string text, IReadOnlyList<Run> runs)
    {
        Text = text;
        _runs = runs;
    }

    public string Text { get; }

    /// <summary>A text that is the whole source.</summary>
    public static MappedText Whole(string text) => new(text, [new Run(0, 0)]);

    /// <summary>Index in the source of a character; that of the character after the last one for the end.</summary>
    public int SourceOf(int index)
    {
        if (_runs.Count == 0)
        {
            return 0;
        }

        int low = 0;
        int high = _runs.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = _runs[middle].Start <= index ? (middle, high) : (low, middle - 1);
        }

        return _runs[low].Source + (index - _runs[low].Start);
    }

    public MappedText Slice(int start, int length)
    {
        Builder slice = new();
        slice.Append(this, start, length);
        return slice.Build();
    }

    /// <summary>Removes the indentation that all lines share, as trimIndent and dedent do; blank lines do not count.</summary>
    public MappedText Dedent()
    {
        int indent = int.MaxValue;
        foreach ((int start, int end) in Lines())
        {
            int first = FirstVisible(start, end);
            indent = first < end ? Math.Min(indent, first - start) : indent;
        }

        return indent is 0 or int.MaxValue ? this : WithoutLineStarts((start, end) => Math.Min(start + indent, FirstVisible(start, end)));
    }

    /// <summary>Removes the blanks and the bar at the start of each line, as trimMargin of Kotlin does.</summary>
    public MappedText TrimMargin() => WithoutLineStarts((start, end) =>
    {
        int first = FirstVisible(start, end);
        return first < end && Text[first] == '|' ? first + 1 : start;
    });

    private MappedText WithoutLineStarts(Func<int, int, int> newStart)
    {
        Builder result = new();
        foreach ((int start, int end) in Lines())
        {
            int first = newStart(start, end);
            result.Append(this, first, Math.Min(end + 1, Text.Length) - first);
        }

        return result.Build();
    }

    private IEnumerable<(int Start, int End)> Lines()
    {
        for (int start = 0; start <= Text.Length;)
        {
            int end = Text.IndexOf('\n', start);
            end = end < 0 ? Text.Length : end;
            yield return (start, end);
            start = end + 1;
        }
    }

    private int FirstVisible(int start, int end)
    {
        while (start < end && Text[start] is ' ' or '\t')
        {
            start++;
        }

        return start;
    }

    /// <summary>Characters from <paramref name="Start"/> on follow each other in the source too.</summary>
    private readonly record struct Run(int Start, int Source);

    /// <summary>Joins characters and texts.</summary>
    internal sealed class Builder
    {
        private readonly StringBuilder _text = new();
        private readonly List<Run> _runs = [];

        public int Length => _text.Length;

        public char Last => _text.Length > 0 ? _text[_text.Length - 1] : '\0';

        public void Append(char character, int source)
        {
            if (_runs.Count == 0 || _runs[_runs.Count - 1] is var last && last.Source + (_text.Length - last.Start) != source)
            {
                _runs.Add(new Run(_text.Length, source));
            }

            _text.Append(character);
        }

        /// <summary>Appends a text that stands in one place of the source.</summary>
        public void Append(string text, int source)
        {
            foreach (char character in text)
            {
                _runs.Add(new Run(_text.Length, source));
                _text.Append(character);
            }
        }

        public void Append(MappedText text) => Append(text, 0, text.Text.Length);

        public void Append(MappedText text, int start, int length)
        {
            if (length <= 0)
            {
                return;
            }

            _runs.Add(new Run(_text.Length, text.SourceOf(start)));
            for (int i = text.RunAfter(start); i < text._runs.Count && text._runs[i].Start < start + length; i++)
            {
                _runs.Add(new Run(_text.Length + text._runs[i].Start - start, text._runs[i].Source));
            }

            _text.Append(text.Text, start, length);
        }

        /// <summary>Removes blanks at the end, down to a length.</summary>
        public void TrimEnd(int least)
        {
            while (_text.Length > least && _text[_text.Length - 1] is ' ' or '\t')
            {
                _text.Length--;
            }

            while (_runs.Count > 0 && _runs[_runs.Count - 1].Start >= _text.Length)
            {
                _runs.RemoveAt(_runs.Count - 1);
            }
        }

        public MappedText Build() => new(_text.ToString(), [.. _runs]);
    }

    private int RunAfter(int start)
    {
        int low = 0;
        int high = _runs.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = _runs[middle].Start <= start ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
