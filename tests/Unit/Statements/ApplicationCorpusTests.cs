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

    /// <summary>The mutation: an isolated statement without its filter, or an INSERT without its tenant.</summary>
    [Fact]
    public void Filter_that_is_taken_out_of_an_isolated_statement_is_noticed()
    {
        string[] isolated =
        [
            .. Run().Results
                .GroupBy(r => (r.File, r.Line, r.Column, r.Sql))
                .Where(s => s.All(r => r.Verdict == StatementVerdict.Isolated) && s.Key.Sql.Contains("tenant_id", StringComparison.Ordinal))
                .Select(s => s.Key.Sql)
                .Distinct(StringComparer.Ordinal),
        ];
        string[] mutants = [.. isolated.Select(TenantFilter.Remove)];
        mutants.Zip(isolated).ShouldAllBe(m => m.First != m.Second);

        ILookup<string, StatementVerdict> verdicts = StatementTest.Run(
            Database, new StatementTestOptions { Statement = mutants, ReferenceTable = ["price_levels"] })
            .Results.ToLookup(r => StatementKey.Normalize(r.Sql), r => r.Verdict);

        string[] missed = [.. mutants.Where(m => !verdicts[StatementKey.Normalize(m)].Any(v => JudgedStatement.IsLeak(v)))];
        output.WriteLine($"{mutants.Length - missed.Length} of {mutants.Length} filters that were taken out are missed");
        missed.ShouldBeEmpty();
        mutants.Length.ShouldBeGreaterThan(100);
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
