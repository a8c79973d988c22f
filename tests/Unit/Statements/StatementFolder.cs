using PosTenancy.Engine.Statements.Trial;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Statements;

/// <summary>A migrated database created with the shell, and the trial of statements on it.</summary>
public abstract class StatementFolder : TestFolder
{
    /// <summary>Parents and children of two tenants, as a migration leaves them.</summary>
    protected const string TwoTables = """
        CREATE TABLE parents(
            id INTEGER PRIMARY KEY, code TEXT UNIQUE, name TEXT, n INTEGER NOT NULL DEFAULT 0,
            tenant_id TEXT NOT NULL DEFAULT 'caps-automotive');
        CREATE TABLE children(
            id INTEGER PRIMARY KEY, parent_id INTEGER NOT NULL REFERENCES parents(id) ON DELETE CASCADE, n INTEGER NOT NULL DEFAULT 0,
            tenant_id TEXT NOT NULL DEFAULT 'caps-automotive');
        CREATE INDEX i1 ON parents(tenant_id);
        CREATE INDEX i2 ON children(tenant_id);
        INSERT INTO parents VALUES (1, 'a', 'Ada', 3, 'caps-automotive'), (2, 'b', 'Bo', 4, 'other');

        """;

    private protected IReadOnlyList<TrialFinding> Try(string schema, string sql, bool isPartial = false, params string[] referenceTable)
    {
        if (!File.Exists(Database))
        {
            Shell.Sql(Database, schema);
        }

        using StatementTrial trial = StatementTrial.Open(Database, "tenant_id", referenceTable);
        return trial.Try(sql, isPartial);
    }

    /// <summary>The tables and verdicts, in alphabetical order.</summary>
    private protected static string Verdicts(IEnumerable<TrialFinding> findings) =>
        string.Join(' ', findings.Select(f => $"{f.Table}={f.Verdict}").Order(StringComparer.Ordinal));

    private protected static string Text(IEnumerable<TrialFinding> findings) => string.Join('\n', findings);
}
