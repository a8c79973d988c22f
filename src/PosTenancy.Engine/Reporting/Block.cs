namespace PosTenancy.Engine.Reporting;

/// <summary>One thing below another in a report.</summary>
internal abstract record Block;

/// <summary>A paragraph.</summary>
internal sealed record Paragraph(Line Text) : Block;

/// <summary>A list; numbered where the order matters.</summary>
internal sealed record Bullets(IReadOnlyList<Line> Items, bool IsNumbered = false) : Block
{
    public static Bullets Of(params Line[] items) => new(items);
}

/// <summary>A table. Every row has a cell for every column.</summary>
internal sealed record Table(IReadOnlyList<Column> Columns, IReadOnlyList<IReadOnlyList<Line>> Rows) : Block
{
    public static IReadOnlyList<Line> Row(params Line[] cells) => cells;
}

/// <summary>The head of a column; numbers stand on the right.</summary>
internal sealed record Column(string Title, bool IsNumber = false)
{
    public static implicit operator Column(string title) => new(title);
}

/// <summary>Text to be typed or run, line by line.</summary>
/// <param name="Language">What a highlighter should take it for.</param>
/// <param name="Lines">The lines.</param>
internal sealed record Code(string Language, IReadOnlyList<string> Lines) : Block;
