namespace PosTenancy.Engine.Reporting;

/// <summary>What a report is written as.</summary>
public enum ReportFormat
{
    /// <summary>GitHub-flavoured Markdown, <c>.md</c>.</summary>
    Markdown,

    /// <summary>One page that needs no other file and runs no script, <c>.html</c>.</summary>
    Html,

    /// <summary>The result itself for programs, <c>.json</c>.</summary>
    Json,
}
