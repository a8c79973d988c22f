using System.Globalization;
using PosTenancy.Engine.Statements;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Statements;

/// <summary>How good the test of an application's statements is, measured on an application with known leaks.</summary>
public sealed class ApplicationCorpusTests(ITestOutputHelper output) : TestFolder
{
    [Fact]
    public void No_leak_is_missed_and_hardly_a_statement_is_accused_wrongly()
    {
        IReadOnlyList<JudgedStatement> judged = ApplicationCorpus.Judge(Run().Results);
        (string Table, StatementVerdict Expected, StatementVerdict? Actual)[] pairs = [.. judged.SelectMany(s => s.Pairs)];
        var leaks = pairs.Where(p => JudgedStatement.IsLeak(p.Expected)).ToList();
        var clean = pairs.Where(p =>
            p.Expected is StatementVerdict.Isolated or StatementVerdict.SharedTable or StatementVerdict.AllTenants).ToList();
        int caught = leaks.Count(p => JudgedStatement.IsLeak(p.Actual));
        int falseAlarms = clean.Count(p => JudgedStatement.IsLeak(p.Actual)) + judged.Sum(s => s.Unexpected.Count());
        int agreed = pairs.Count(p => p.Expected == p.Actual);
        int notChecked = judged.Count(s => s.Results.Any(r => r.Verdict == StatementVerdict.NotChecked));
        int unnecessarily = judged.Count(s =>
            s.Results.Any(r => r.Verdict == StatementVerdict.NotChecked) && !s.Expected.Values.Contains(StatementVerdict.NotChecked));

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"""
            {judged.Count} statements, {pairs.Length} labels
            recall of leaks  {caught} of {leaks.Count} ({(double)caught / leaks.Count:0.0%})
            false alarms     {falseAlarms} of {clean.Count} ({(double)falseAlarms / clean.Count:0.0%})
            not checked      {notChecked} ({(double)notChecked / judged.Count:0.0%}), of which {unnecessarily} could be tried
            agreement        {agreed} of {pairs.Length} ({(double)agreed / pairs.Length:0.0%})
            """));
        foreach (JudgedStatement statement in judged.Where(s => s.Pairs.Any(p => p.Expected != p.Actual) || s.Unexpected.Any()))
        {
            output.WriteLine(statement.ToString());
        }

        judged.Count.ShouldBeGreaterThanOrEqualTo(400);
        judged.Where(s => s.Results.Count == 0).Select(s => s.Place).ShouldBeEmpty();
        judged.Where(s => s.Pairs.Any(p => JudgedStatement.IsLeak(p.Expected) && !JudgedStatement.IsLeak(p.Actual)))
            .Select(s => s.ToString()).ShouldBeEmpty();
        ((double)falseAlarms / clean.Count).ShouldBeLessThanOrEqualTo(0.02);
    }

    [Fact]
    public void Every_language_has_every_kind_of_finding()
    {
        string[] languages = [.. Directory.GetDirectories(ApplicationCorpus.Folder).Select(Path.GetFileName).OfType<string>()];
        languages.Length.ShouldBe(12);
        IReadOnlyList<JudgedStatement> judged = ApplicationCorpus.Judge([]);
        foreach (string language in languages)
        {
            JudgedStatement[] own = [.. judged.Where(s => s.Place.StartsWith(language, StringComparison.Ordinal))];
            own.Length.ShouldBeGreaterThan(30, language);
            own.SelectMany(s => s.Expected.Values).Distinct().Order().ToArray().ShouldContain(StatementVerdict.ByKeyOnly, language);
            own.Count(s => s.Expected.Values.Any(v => JudgedStatement.IsLeak(v))).ShouldBeGreaterThan(10, language);
        }
    }

    private StatementRun Run()
    {
        CreateSampleStore();
        ApplicationCorpus.Migrate(Database);
        return StatementTest.Run(
            Database,
            new StatementTestOptions { SourcePath = [ApplicationCorpus.Folder], ReferenceTable = ["price_levels"] });
    }
}
