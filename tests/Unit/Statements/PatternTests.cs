using PosTenancy.Engine.Statements;
using PosTenancy.Engine.Statements.Source;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Statements;

/// <summary>
/// Every way to write a statement, in every language: the table of Corpus/patterns.txt. Each cell is tried with a filter by tenant and with
/// one that leaks.
/// </summary>
public sealed class PatternTests(ITestOutputHelper output) : TestFolder
{
    private const string Filter = "tenant_id = ?";
    private const string NoFilter = "name <> ?";

    private static readonly string[] Fixed =
        ["raw", "verbatim", "multi-line", "adjacent", "concatenated", "constant", "format of constants", "builder"];

    private static readonly string[] NotFixed = ["interpolation", "value in quotes"];
    private static readonly string[] Patterns = [.. Fixed, "appended conditions", .. NotFixed];

    [Fact]
    public void Every_language_has_every_pattern_or_says_that_it_has_none()
    {
        string[] expected = [.. from language in SourceLanguage.All from pattern in Patterns select $"{language.Name}: {pattern}"];
        Read().Select(c => $"{c.Language}: {c.Pattern}").ShouldBe(expected, ignoreOrder: true);
        Read().Count(c => c.Source is null).ShouldBeLessThan(20);
    }

    [Fact]
    public void Statement_is_found_and_judged_however_it_is_written()
    {
        CreateSampleStore();
        ApplicationCorpus.Migrate(Database);
        Cell[] cells = [.. Read().Where(c => c.Source is not null)];
        string[] wrong =
        [
            .. Judge(cells, Filter).Concat(Judge(cells, NoFilter))
                .Where(j => j.Found != j.Expected)
                .Select(j => $"{j.Cell.Language}: {j.Cell.Pattern}: {j.Expected} <> {j.Found}"),
        ];
        output.WriteLine($"{cells.Length} cells, {wrong.Length} of {cells.Length * 2} verdicts wrong");
        wrong.ShouldBeEmpty();
    }

    private IEnumerable<(Cell Cell, string Expected, string Found)> Judge(Cell[] cells, string filter)
    {
        string folder = Directory.CreateDirectory(Path.Combine(Folder, filter == Filter ? "filtered" : "leaking")).FullName;
        string[] files =
        [
            .. cells.Select((c, i) =>
                Path.Combine(folder, $"Cell{i}{SourceLanguage.All.Single(l => l.Name == c.Language).Extensions[0]}")),
        ];
        for (int i = 0; i < cells.Length; i++)
        {
            File.WriteAllText(files[i], cells[i].Source!.Replace("§", filter, StringComparison.Ordinal));
        }

        StatementRun run = StatementTest.Run(
            Database, new StatementTestOptions { SourcePath = [folder], ReferenceTable = ["price_levels"] });
        return cells.Select((cell, i) =>
        {
            bool isInjection = cell.Pattern == "value in quotes";
            string verdict = NotFixed.Contains(cell.Pattern) ? "NotChecked" : filter == Filter ? "Isolated" : "Leaks";
            return (
                cell,
                isInjection ? $"{verdict} injection" : verdict,
                string.Join(", ", run.Results.Where(r => r.File == files[i]).Select(r =>
                    $"{r.Verdict}{(r.Notes.Any(n => n.Contains("(injection)", StringComparison.Ordinal)) ? " injection" : "")}")));
        });
    }

    private static IEnumerable<Cell> Read()
    {
        string text = File.ReadAllText(Path.Combine(ApplicationCorpus.Folder, "..", "patterns.txt"));
        foreach (string section in text.ReplaceLineEndings("\n").Split("\n## ").Skip(1))
        {
            (string head, string source) = (section[..section.IndexOf('\n', StringComparison.Ordinal)],
                section[(section.IndexOf('\n', StringComparison.Ordinal) + 1)..]);
            string[] names = head.Split(": ");
            yield return new Cell(names[0], names[1], source.StartsWith("none", StringComparison.Ordinal) ? null : source);
        }
    }

    private sealed record Cell(string Language, string Pattern, string? Source);
}
