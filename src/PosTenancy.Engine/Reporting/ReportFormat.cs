namespace PosTenancy.Engine.Reporting;

/// <summary>The format of a report.</summary>
public enum ReportFormat
{
    /// <summary>GitHub-flavoured Markdown, <c>.md</c>.</summary>
    Markdown,

    /// <summary>One page that needs no other file and runs no script, <c>.html</c>.</summary>
    Html,

    /// <summary>The result for programs, <c>.json</c>.</summary>
    Json,

    /// <summary>Findings for code scanning, SARIF 2.1.0, <c>.sarif</c>; for the statements of an application alone.</summary>
    Sarif,
}
