namespace PosTenancy.Engine.Statements.Source;

/// <summary>A part of a composed text.</summary>
/// <param name="Start">Index of its first character.</param>
/// <param name="End">Index after its last one.</param>
/// <param name="Piece">What it is.</param>
internal readonly record struct ComposedSpan(int Start, int End, TextPiece Piece);

/// <summary>The characters of a <see cref="TextValue"/>. Each hole is one character, which is part of a name for SQL.</summary>
internal sealed class ComposedText
{
    /// <summary>Stands for a hole. It may also be in the source: only <see cref="Holes"/> tells where one is.</summary>
    public const char HoleMark = '\uE000';

    private readonly List<ComposedSpan> _holes = [];
    private readonly List<ComposedSpan> _optionals = [];
    private readonly List<ComposedSpan> _parameters = [];

    /// <summary>A text without holes.</summary>
    public ComposedText(MappedText text) => Text = text;

    public ComposedText(TextValue value)
    {
        MappedText.Builder text = new();
        Append(text, value, 0);
        Text = text.Build();
    }

    public MappedText Text { get; }

    /// <summary>The holes in order.</summary>
    public IReadOnlyList<ComposedSpan> Holes => _holes;

    /// <summary>The texts that are there in some cases only, in order; none within another.</summary>
    public IReadOnlyList<ComposedSpan> Optionals => _optionals;

    /// <summary>What became a parameter.</summary>
    public IReadOnlyList<ComposedSpan> Parameters => _parameters;

    /// <summary>Two question marks side by side are of a list whose commas were not kept, as <c>"?" + repeat(",?", n)</c>.</summary>
    private static void Separate(MappedText.Builder text, int source, bool isParameter)
    {
        if (isParameter && text.Last == '?')
        {
            text.Append(',', source);
        }
    }

    private void Append(MappedText.Builder text, TextValue value, int depth)
    {
        foreach (TextPiece piece in value.Pieces)
        {
            int start = text.Length;
            switch (piece)
            {
                case TextPiece.Fixed known:
                    Separate(text, known.Text.SourceOf(0), known.Text.Text.StartsWith("?", StringComparison.Ordinal));
                    text.Append(known.Text);
                    break;
                case TextPiece.Parameter parameter:
                    Separate(text, parameter.Source, isParameter: true);
                    start = text.Length;
                    text.Append('?', parameter.Source);
                    _parameters.Add(new ComposedSpan(start, text.Length, piece));
                    break;
                case TextPiece.Hole hole:
                    text.Append(HoleMark, hole.Source);
                    _holes.Add(new ComposedSpan(start, text.Length, piece));
                    break;
                case TextPiece.Optional optional:
                    Append(text, optional.Value, depth + 1);
                    if (depth == 0 && text.Length > start)
                    {
                        _optionals.Add(new ComposedSpan(start, text.Length, piece));
                    }

                    break;
            }
        }
    }
}

/// <summary>Spans in ascending order.</summary>
internal sealed class SpanReader(IReadOnlyList<ComposedSpan> spans)
{
    public bool Contains(int index) => Overlaps(index, index + 1);

    public bool Overlaps(int start, int end) => First(start) is var i && i < spans.Count && spans[i].Start < end;

    public IEnumerable<ComposedSpan> Within(int start, int end)
    {
        for (int i = First(start); i < spans.Count && spans[i].Start < end; i++)
        {
            yield return spans[i];
        }
    }

    /// <summary>Index of the first span that ends after a position.</summary>
    private int First(int start)
    {
        int low = 0;
        int high = spans.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = spans[middle].End <= start ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
