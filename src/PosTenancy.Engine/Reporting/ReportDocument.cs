namespace PosTenancy.Engine.Reporting;

/// <summary>A report, before anybody decides what it looks like.</summary>
/// <param name="Title">Its title.</param>
/// <param name="Outcome">How it all ended; what colours the head.</param>
/// <param name="Head">What stands below the title, before the first section.</param>
/// <param name="Sections">The rest.</param>
internal sealed record ReportDocument(
    string Title, CheckStatus Outcome, IReadOnlyList<Block> Head, IReadOnlyList<ReportSection> Sections);

/// <summary>A heading and what stands below it.</summary>
/// <param name="Level">2 for a section, 3 for a part of the one before.</param>
/// <param name="Heading">The heading.</param>
/// <param name="Blocks">What stands below it.</param>
internal sealed record ReportSection(int Level, Line Heading, IReadOnlyList<Block> Blocks)
{
    public static ReportSection From(Line heading, params Block[] blocks) => new(2, heading, blocks);

    public static ReportSection Part(Line heading, params Block[] blocks) => new(3, heading, blocks);
}
