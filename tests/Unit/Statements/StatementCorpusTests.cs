using System.Diagnostics;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Statements.Trial;

namespace PosTenancy.Tests.Statements;

/// <summary>Statements on the sample store, judged by a person beforehand.</summary>
public sealed class StatementCorpusTests : StatementFolder
{
    private static readonly StatementVerdict[] Findings =
        [StatementVerdict.Leaks, StatementVerdict.ByKeyOnly, StatementVerdict.NoTenantOnInsert];

    [Fact]
    public void Every_leak_of_the_corpus_is_found_and_no_more_than_one_in_fifty_alarms_is_false()
    {
        IReadOnlyList<LabelledStatement> corpus = StatementCorpus.Read("pos-store.sql");
        corpus.Count.ShouldBeGreaterThanOrEqualTo(120);
        using StatementTrial trial = Open();
        List<(string Sql, string Table, StatementVerdict Expected, StatementVerdict? Found)> judged = [];
        List<string> unexpected = [];
        foreach (LabelledStatement statement in corpus)
        {
            Dictionary<string, StatementVerdict> found =
                trial.Try(statement.Sql).ToDictionary(f => f.Table, f => f.Verdict, StringComparer.Ordinal);
            judged.AddRange(statement.Expected.Select(e =>
                (statement.Sql, e.Key, e.Value, found.TryGetValue(e.Key, out StatementVerdict v) ? v : (StatementVerdict?)null)));
            unexpected.AddRange(found.Keys.Except(statement.Expected.Keys, StringComparer.Ordinal).Select(t => $"{t}: {statement.Sql}"));
        }

        var leaks = judged.Where(j => Findings.Contains(j.Expected)).ToArray();
        var clean = judged.Where(j => !Findings.Contains(j.Expected)).ToArray();
        var missed = leaks.Where(j => j.Found != j.Expected).ToArray();
        var alarms = clean.Where(j => j.Found is { } found && Findings.Contains(found)).ToArray();
        int notChecked = judged.Count(j => j.Found == StatementVerdict.NotChecked && j.Expected != StatementVerdict.NotChecked);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{corpus.Count} statements, {judged.Count} verdicts; leaks found: {leaks.Length - missed.Length} of {leaks.Length}; " +
            $"false alarms: {alarms.Length} of {clean.Length}; not checked: {notChecked} of {judged.Count}");
        missed.ShouldBeEmpty();
        ((double)alarms.Length / clean.Length).ShouldBeLessThanOrEqualTo(0.02, string.Join('\n', alarms));
        ((double)notChecked / judged.Count).ShouldBeLessThanOrEqualTo(0.02);
        unexpected.ShouldBeEmpty();
    }

    [Fact]
    public void Filter_taken_out_of_an_isolated_statement_is_caught()
    {
        using StatementTrial trial = Open();
        List<string> survived = [];
        int mutants = 0;
        foreach (LabelledStatement statement in StatementCorpus.Read("pos-store.sql")
            .Where(s => s.Expected.Values.Contains(StatementVerdict.Isolated)))
        {
            foreach (string mutant in FilterMutation.Without(statement.Sql, "tenant_id"))
            {
                mutants++;
                IReadOnlyList<TrialFinding> findings = trial.Try(mutant);
                if (!findings.Any(f => Findings.Contains(f.Verdict)))
                {
                    survived.Add($"{mutant}\n{Text(findings)}");
                }
            }
        }

        mutants.ShouldBeGreaterThan(60);
        survived.ShouldBeEmpty();
    }

    [Fact]
    public void Trial_of_a_statement_takes_milliseconds()
    {
        Stopwatch watch = Stopwatch.StartNew();
        using StatementTrial trial = Open();
        IReadOnlyList<LabelledStatement> corpus = StatementCorpus.Read("pos-store.sql");
        _ = trial.Try(corpus[0].Sql);
        watch.Restart();
        foreach (LabelledStatement statement in corpus)
        {
            _ = trial.Try(statement.Sql);
        }

        // Twenty on a quiet machine; the tests share theirs.
        (watch.Elapsed / corpus.Count).ShouldBeLessThan(TimeSpan.FromMilliseconds(100));
    }

    private StatementTrial Open()
    {
        CreateSampleStore();
        GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant)) { SkipRehearsal = true })
            .Status.ShouldBe(UpgradeStatus.Succeeded);
        StatementTrial trial = StatementTrial.Open(Database, "tenant_id", [], cancellation: TestContext.Current.CancellationToken);
        trial.Gaps.ShouldBeEmpty();
        return trial;
    }
}

/// <summary>Takes filters by tenant out of a statement, one at a time.</summary>
internal static class FilterMutation
{
    /// <summary>The statement with each comparison of the tenant column with a parameter replaced by one that is always true.</summary>
    public static IEnumerable<string> Without(string sql, string column)
    {
        SqlText text = new(sql);
        int where = text.Places.FirstOrDefault(i => text.Is(i, "WHERE") || text.Is(i, "ON"));
        for (int i = 0; i + 2 < text.Tokens.Count; i++)
        {
            if (i < where || text.Name(i) != column || !text.Is(i + 1, '=') ||
                text.Text[text.Tokens[i + 2].Start] is not ('?' or ':' or '@'))
            {
                continue;
            }

            int first = i > 1 && text.Is(i - 1, '.') ? i - 2 : i;

            // The parameter stays, so that the others keep their numbers.
            string parameter = text.Slice(i + 2, i + 2);
            yield return sql[..text.Tokens[first].Start] + $"{parameter} IS NOT NULL" + sql[text.Tokens[i + 2].End..];
        }
    }
}
