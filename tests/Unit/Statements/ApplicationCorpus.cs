using System.Text.RegularExpressions;
using PosTenancy.Engine.Migration;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Statements;

/// <summary>
/// A small application in twelve languages over the sample store, with leaks planted: a comment before each statement says which verdict it
/// deserves on which table, by the meaning of its SQL.
/// </summary>
internal static partial class ApplicationCorpus
{
    public static string Folder { get; } = Path.Combine(Repository.Root, "tests", "Unit", "Statements", "Corpus", "Application");

    /// <summary>The labels, with the results of the statements below them.</summary>
    public static IReadOnlyList<JudgedStatement> Judge(IReadOnlyList<StatementResult> results)
    {
        List<JudgedStatement> judged = [];
        foreach (string file in Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            (int Line, string Label)[] labels =
            [
                .. File.ReadLines(file)
                    .Select((text, i) => (Line: i + 1, Match: Label().Match(text)))
                    .Where(l => l.Match.Success)
                    .Select(l => (l.Line, l.Match.Groups["label"].Value)),
            ];
            for (int i = 0; i < labels.Length; i++)
            {
                int end = i + 1 < labels.Length ? labels[i + 1].Line : int.MaxValue;
                judged.Add(new JudgedStatement(
                    $"{Path.GetRelativePath(Folder, file)}:{labels[i].Line}",
                    Expected(labels[i].Label),
                    [.. results.Where(r => r.File == file && r.Line >= labels[i].Line && r.Line < end)]));
            }
        }

        return judged;
    }

    /// <summary>Migrates the sample store as the corpus expects it.</summary>
    /// <param name="database">The sample store.</param>
    public static void Migrate(string database)
    {
        MigrationOptions options = new("caps-automotive")
        {
            UniqueScope = UniqueScope.Tenant,
            ReferenceTable = ["price_levels"],
            ExcludeTable = ["commission_splits", "layaway_items"],
        };
        UpgradeResult upgrade = GuardedUpgrade.Run(database, new UpgradeOptions(options) { SkipRehearsal = true });
        upgrade.Error.ShouldBeNull();
        Shell.Sql(database, File.ReadAllText(Path.Combine(Folder, "..", "application.sql")));
    }

    private static Dictionary<string, StatementVerdict> Expected(string label) => label
        .Split(';')
        .Select(part => part.Trim().Split(' '))
        .ToDictionary(
            part => part[0] == "-" ? "" : part[0],
            part => Enum.Parse<StatementVerdict>(part[1]),
            StringComparer.Ordinal);

    [GeneratedRegex(
        "expect: (?<label>[a-z_-]+ [A-Za-z]+(; [a-z_]+ [A-Za-z]+)*)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Label();
}

/// <summary>A statement with its label and what the test said of it.</summary>
/// <param name="Place">File and line of the label.</param>
/// <param name="Expected">The verdict for each table.</param>
/// <param name="Results">What was found below the label.</param>
internal sealed record JudgedStatement(
    string Place, IReadOnlyDictionary<string, StatementVerdict> Expected, IReadOnlyList<StatementResult> Results)
{
    /// <summary>Pairs of a label and the verdict of the test; <see langword="null"/> if there was none for the table.</summary>
    public IEnumerable<(string Table, StatementVerdict Expected, StatementVerdict? Actual)> Pairs =>
        Expected.Select(e => (e.Key, e.Value, Verdict(e.Key)));

    /// <summary>Findings on tables that have no label, in a statement without a leak.</summary>
    public IEnumerable<StatementResult> Unexpected => Expected.Values.Any(v => IsLeak(v))
        ? []
        : Results.Where(r => IsLeak(r.Verdict) && !Expected.ContainsKey(r.Table));

    public override string ToString() =>
        $"{Place}: {string.Join("; ", Expected.Select(e => $"{e.Key} {e.Value}"))} <> " +
        string.Join("; ", Results.Select(r => $"{r.Table} {r.Verdict} ({r.Reason} {string.Join(" ", r.Notes)})")) +
        $" [{Results.Select(r => r.Sql).FirstOrDefault()}]";

    public static bool IsLeak(StatementVerdict? verdict) =>
        verdict is StatementVerdict.Leaks or StatementVerdict.ByKeyOnly or StatementVerdict.NoTenantOnInsert;

    /// <summary>A statement that could not be tried has one result for all of its tables.</summary>
    private StatementVerdict? Verdict(string table) =>
        Results.FirstOrDefault(r => r.Table == table)?.Verdict ??
        (Results.Count > 0 && Results.All(r => r.Verdict is StatementVerdict.NotChecked or StatementVerdict.AllTenants)
            ? Results[0].Verdict
            : Results is [{ Table: "", Verdict: StatementVerdict.SharedTable }] ? StatementVerdict.SharedTable : null);
}
