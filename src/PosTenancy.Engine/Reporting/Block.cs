namespace PosTenancy.Engine.Reporting;

/// <summary>One thing below another in a report.</summary>
internal abstract record Block;

/// <summary>A paragraph.</summary>
internal sealed record Paragraph(Line Text) : Block;

/// <summary>A list; numbered where the order matters.</summary>
internal sealed record Bullets(IReadOnlyList<Line> Items, bool IsNumbered = false) : Block
{
    public static Bullets From(params Line[] items) => new(items);
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

/// <summary>Figures of one kind, to be compared at a glance. The bars only repeat the figures: nothing is said by a bar alone.</summary>
/// <param name="Title">What is shown.</param>
/// <param name="Label">What the bars are of.</param>
/// <param name="Value">What their length says.</param>
/// <param name="Bars">One for each figure.</param>
internal sealed record Chart(string Title, string Label, string Value, IReadOnlyList<Bar> Bars) : Block
{
    /// <summary>The length of a bar, from 0 to 1, which is that of the longest.</summary>
    public double Length(Bar bar)
    {
        double longest = Bars.Max(b => b.Amount);
        return longest > 0 ? bar.Amount / longest : 0;
    }
}

/// <summary>One figure of a chart.</summary>
/// <param name="Label">What it is of.</param>
/// <param name="Amount">The figure as a number, not negative.</param>
/// <param name="Figure">The figure as people read it.</param>
internal sealed record Bar(string Label, double Amount, string Figure);

/// <summary>Text to be typed or run, line by line.</summary>
/// <param name="Language">What a highlighter should take it for.</param>
/// <param name="Lines">The lines.</param>
internal sealed record Code(string Language, IReadOnlyList<string> Lines) : Block;
