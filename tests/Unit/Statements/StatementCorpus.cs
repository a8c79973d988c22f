using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Statements;

/// <summary>A statement of the corpus, and the verdict that it deserves for each table.</summary>
public sealed record LabelledStatement(string Sql, IReadOnlyDictionary<string, StatementVerdict> Expected);

/// <summary>Statements with the verdicts that a person gave them: a comment with them, then the statement, then an empty line.</summary>
internal static class StatementCorpus
{
    public static IReadOnlyList<LabelledStatement> Read(string name)
    {
        List<LabelledStatement> statements = [];
        Dictionary<string, StatementVerdict>? expected = null;
        foreach (string line in File.ReadLines(Path.Combine(Repository.Root, "tests", "Unit", "Statements", "Corpus", name)))
        {
            if (line.StartsWith("-- ", StringComparison.Ordinal))
            {
                string[] labels = line[3..].Split(' ');
                expected = Array.TrueForAll(labels, l => l.Contains('=', StringComparison.Ordinal))
                    ? labels.ToDictionary(l => l.Split('=')[0], l => Enum.Parse<StatementVerdict>(l.Split('=')[1]), StringComparer.Ordinal)
                    : null;
            }
            else if (line.Length > 0)
            {
                statements.Add(new LabelledStatement(line, expected ?? throw new InvalidDataException($"no label: {line}")));
            }
        }

        return statements;
    }
}
