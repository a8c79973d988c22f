namespace PosTenancy.Engine.Reporting;

/// <summary>A block of a report.</summary>
internal abstract record Block;

/// <summary>A paragraph.</summary>
internal sealed record Paragraph(Line Text) : Block;

/// <summary>A list, numbered if the order matters.</summary>
internal sealed record Bullets(IReadOnlyList<Line> Items, bool IsNumbered = false) : Block
{
    public static Bullets From(params Line[] items) => new(items);
}

/// <summary>A table. Every row has a cell for every column.</summary>
internal sealed record Table(IReadOnlyList<Column> Columns, IReadOnlyList<IReadOnlyList<Line>> Rows) : Block
{
    public static IReadOnlyList<Line> Row(params Line[] cells) => cells;
}

/// <summary>The head of a column; numbers are right-aligned.</summary>
internal sealed record Column(string Title, bool IsNumber = false)
{
    public static implicit operator Column(string title) => new(title);
}

/// <summary>Comparable figures of one kind. The bars repeat the figures and add no information.</summary>
/// <param name="Title">Title of the chart.</param>
/// <param name="Label">Heading of the bars' labels.</param>
/// <param name="Value">Heading of the figures.</param>
/// <param name="Bars">One bar for each figure.</param>
internal sealed record Chart(string Title, string Label, string Value, IReadOnlyList<Bar> Bars) : Block
{
    /// <summary>The length of a bar relative to the longest, from 0 to 1.</summary>
    public double Length(Bar bar)
    {
        double longest = Bars.Max(b => b.Amount);
        return longest > 0 ? bar.Amount / longest : 0;
    }
}

/// <summary>One figure of a chart.</summary>
/// <param name="Label">Subject of the figure.</param>
/// <param name="Amount">The figure as a number, not negative.</param>
/// <param name="Figure">The figure as readable text.</param>
internal sealed record Bar(string Label, double Amount, string Figure);

/// <summary>Text to be typed or run, line by line.</summary>
/// <param name="Language">Language for a syntax highlighter.</param>
/// <param name="Lines">Lines of the code.</param>
internal sealed record Code(string Language, IReadOnlyList<string> Lines) : Block;
