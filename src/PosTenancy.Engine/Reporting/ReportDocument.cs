namespace PosTenancy.Engine.Reporting;

/// <summary>A report, independent of its format.</summary>
/// <param name="Title">Title of the report.</param>
/// <param name="Outcome">Overall outcome, which determines the colour of the head.</param>
/// <param name="Head">Blocks between the title and the first section.</param>
/// <param name="Sections">Sections in order.</param>
internal sealed record ReportDocument(
    string Title, CheckStatus Outcome, IReadOnlyList<Block> Head, IReadOnlyList<ReportSection> Sections);

/// <summary>A heading and its content.</summary>
/// <param name="Level">2 for a section, 3 for a subsection of the preceding one.</param>
/// <param name="Heading">Text of the heading.</param>
/// <param name="Blocks">Content below the heading.</param>
internal sealed record ReportSection(int Level, Line Heading, IReadOnlyList<Block> Blocks)
{
    public static ReportSection From(Line heading, params Block[] blocks) => new(2, heading, blocks);

    public static ReportSection Part(Line heading, params Block[] blocks) => new(3, heading, blocks);
}
