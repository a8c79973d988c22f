using PosTenancy.Engine.Files;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Reporting;

/// <summary>
/// Writes the report of an application's statements: which of them see or touch other tenants, which were proved isolated, and which could
/// not be tried. Measures nothing: every value comes from the results. A witness is named by its table and key, never by its values.
/// </summary>
public static class StatementReport
{
    /// <summary>Writes the report atomically; replaces an existing one.</summary>
    /// <param name="run">The test.</param>
    /// <param name="path">Path of the report; the extension <c>.md</c>, <c>.html</c>, <c>.json</c> or <c>.sarif</c> selects the format, and
    /// the folder must exist.</param>
    /// <exception cref="PosTenancyException">The path is not valid for a report, or cannot be written.</exception>
    public static void Write(StatementRun run, string path)
    {
        ReportFormat format = RequirePath(path);
        string full = Path.GetFullPath(path);
        ReportWriter.RequireOther(full, run.Path, "the database itself");
        ReportWriter.RequireOther(full, run.BaselinePath, "the baseline");
        foreach (string? file in run.Results.Select(r => r.File).Distinct(StringComparer.Ordinal))
        {
            ReportWriter.RequireOther(full, file, "a source file");
        }

        // It has no value of the database, but its schema and the weak places of the application.
        ReportWriter.Write(
            full,
            Render(run, format),
            (file, length) => File.Exists(run.Path) ? DurableFile.CreateAs(run.Path, file, length) : DurableFile.Create(file, length));
    }

    /// <summary>Renders the report as text.</summary>
    /// <param name="run">The test.</param>
    /// <param name="format">Format of the text.</param>
    public static string Render(StatementRun run, ReportFormat format) => format switch
    {
        ReportFormat.Markdown => MarkdownRenderer.Render(StatementDocument.From(run)),
        ReportFormat.Html => HtmlRenderer.Render(StatementDocument.From(run)),
        ReportFormat.Json => StatementJson.Render(run),
        ReportFormat.Sarif => Sarif.Render(run),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, message: null),
    };

    /// <summary>The test in a few lines: how many statements have which verdict, and the files with new findings.</summary>
    /// <param name="run">The test.</param>
    public static IReadOnlyList<string> Summarize(StatementRun run)
    {
        SourceRoot root = SourceRoot.From(run.Results);
        ILookup<string?, StatementResult> findings = run.Results.Where(r => r.IsNew).ToLookup(r => r.File, StringComparer.Ordinal);
        IReadOnlyList<StatementSummary> files = StatementSummary.From(run.Results);
        int inFiles = files.Count(f => f.File is not null);
        int known = run.Results.Count(r => r is { IsFinding: true, IsInBaseline: true });
        return
        [
            $"{run.Total()}{(inFiles > 0 ? $" in {Figures.Count(inFiles, "file", "files")}" : "")}, " +
                $"tried on '{Path.GetFileName(run.Path)}'." +
                (known > 0 ? $" The baseline has {Figures.Count(known, "finding", "findings")} of them." : ""),
            .. files
                .Where(f => f.File is not null && findings.Contains(f.File))
                .Select(f => $"  {f with { File = root.Relative(f.File!) }}"),
        ];
    }

    /// <summary>The error of a test with new findings; <see langword="null"/> if there are none.</summary>
    /// <param name="run">The test.</param>
    /// <param name="verdicts">The verdicts that are a failure.</param>
    public static PosTenancyException? Failure(StatementRun run, IReadOnlyList<StatementVerdict> verdicts)
    {
        SourceRoot root = SourceRoot.From(run.Results);
        StatementResult[] failed =
        [
            .. run.Results.Where(r => r.IsNew && verdicts.Contains(r.Verdict)).OrderBy(r => StatementSummary.Rank(r.Verdict)),
        ];
        return failed.Length == 0
            ? null
            : Errors.StatementsNotIsolated(
                run.Path,
                failed.Length,
                ShortList.Join(
                    [.. failed.Select(r => $"{root.Place(r)} ({(r.Table.Length == 0 ? "" : r.Table + " ")}{r.Verdict})")], most: 3));
    }

    /// <summary>Verifies before the test that a report could be written there.</summary>
    /// <param name="path">Path of the report.</param>
    /// <returns>The format that the extension selects.</returns>
    /// <exception cref="PosTenancyException">The extension is not supported, the folder does not exist, or the path is a
    /// folder.</exception>
    public static ReportFormat RequirePath(string path) => UpgradeReport.RequirePath(path, takesSarif: true);
}
