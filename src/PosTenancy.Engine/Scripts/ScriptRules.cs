using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Scripts;

/// <summary>
/// Which statements of a script may run inside the guard's transaction, and which are skipped because the guard does the same. A statement
/// that would leave the transaction, the file or the settings that the proof relies on is refused before anything runs.
/// </summary>
internal sealed class ScriptRules(string path, SqlText sql)
{
    private const string OneTransaction =
        "A script runs in a single transaction, so that all of it can be rolled back. Remove every BEGIN and COMMIT, or keep one pair " +
        "around the entire script.";

    private enum Kind
    {
        Begin,
        Commit,
        Pragma,
        ForeignKeys,
        Select,
        Other,
    }

    /// <summary>The statements, with the reason for each one skipped.</summary>
    /// <exception cref="PosTenancyException">A statement is forbidden.</exception>
    public IReadOnlyList<ScriptStatement> Judge(IReadOnlyList<LocatedStatement> statements)
    {
        List<Kind> kinds = [.. statements.Select(KindOf)];
        RequireOneTransaction(statements, kinds);
        return statements
            .Select((s, i) => new ScriptStatement(s.Line, sql.Slice(s.Statement.First, s.Statement.Last), Skipped(kinds[i])))
            .ToArray();
    }

    private static string? Skipped(Kind kind) => kind switch
    {
        Kind.Begin or Kind.Commit => "the guard's transaction encloses the entire script",
        Kind.ForeignKeys => "foreign key enforcement is off during a migration, and every key is checked at the end",
        _ => null,
    };

    private Kind KindOf(LocatedStatement located)
    {
        SqlStatement statement = located.Statement;
        int word = statement.First;
        if (sql.Is(word, '.'))
        {
            string name = statement.Last > word ? sql.Name(word + 1) : "";
            throw Refused(
                $"'.{name}' is a command of the sqlite3 shell, not SQL. Remove the line, and put the SQL itself into the script.");
        }

        if (!statement.IsComplete)
        {
            throw Refused(
                "the statement has no end: a quote is not closed, or a trigger has no END. The following text would be part of it.");
        }

        bool isExplained = sql.Is(word, "EXPLAIN");
        if (isExplained)
        {
            // Some pragmas take effect during compilation, and EXPLAIN compiles (sqlite.org/pragma.html).
            word += sql.Is(word + 1, "QUERY") && sql.Is(word + 2, "PLAN") ? 3 : 1;
        }

        string keyword = word <= statement.Last ? sql.Name(word).ToUpperInvariant() : "";
        switch (keyword)
        {
            case "BEGIN" when !isExplained:
                return Kind.Begin;
            case "COMMIT" or "END" when !isExplained:
                return Kind.Commit;
            case "BEGIN" or "COMMIT" or "END":
                throw Refused(OneTransaction);
            case "ROLLBACK" when !IsRollbackTo(word, statement.Last):
                throw Refused(
                    "ROLLBACK would end the guard's transaction. Remove it; ROLLBACK TO a savepoint may stay.");
            case "ATTACH" or "DETACH":
                throw Refused(
                    $"{keyword} accesses another database, which has no backup. Remove it, and migrate that database separately."
                );
            case "VACUUM":
                throw Refused("VACUUM cannot run inside a transaction. Remove it, and run it by hand after the migration.");
            case "PRAGMA":
                return KindOfPragma(word, statement.Last) is { } kind
                    ? kind
                    : throw Refused(
                        $"PRAGMA {PragmaName(word, statement.Last)} is not one that only reads, or that a rollback undoes: the guard " +
                        "relies on the settings of its connection. Remove it, and run it by hand before or after if it is needed.");
            default:
                return isExplained || keyword is "SELECT" or "VALUES" ? Kind.Select : Kind.Other;
        }

        PosTenancyException Refused(string what) => Errors.ScriptNotAllowed(path, located.Line, what);
    }

    private bool IsRollbackTo(int word, int last) => Enumerable.Range(word + 1, Math.Min(3, last - word)).Any(i => sql.Is(i, "TO"));

    private Kind? KindOfPragma(int word, int last)
    {
        int name = PragmaNameAt(word, last);
        bool hasValue = last > name;
        return PragmaRules.Find(PragmaName(word, last), hasValue) switch
        {
            PragmaRule.LeaveOut => Kind.ForeignKeys,
            PragmaRule.Allow => Kind.Pragma,
            _ => null,
        };
    }

    private string PragmaName(int word, int last) => PragmaNameAt(word, last) is var name && name <= last ? sql.Name(name) : "";

    /// <summary>PRAGMA name, or PRAGMA schema.name.</summary>
    private int PragmaNameAt(int word, int last) => word + 2 <= last && sql.Is(word + 2, '.') ? word + 3 : word + 1;

    private void RequireOneTransaction(IReadOnlyList<LocatedStatement> statements, List<Kind> kinds)
    {
        int begin = kinds.IndexOf(Kind.Begin);
        int commit = kinds.LastIndexOf(Kind.Commit);
        if (begin < 0 && commit < 0)
        {
            return;
        }

        for (int i = 0; i < kinds.Count; i++)
        {
            string? what = kinds[i] switch
            {
                Kind.Begin when i > begin => "it begins a second transaction.",
                Kind.Begin when commit < begin => "this BEGIN has no COMMIT.",
                Kind.Commit when begin < 0 || i < begin => "it has no BEGIN before it.",
                Kind.Commit when i < commit => "it ends the transaction before the end of the script.",
                Kind.Other when i < begin => "only PRAGMA and SELECT may precede the BEGIN of the script.",
                Kind.Other when i > commit && commit >= 0 => "only PRAGMA and SELECT may follow the COMMIT of the script.",
                _ => null,
            };
            if (what is not null)
            {
                throw Errors.ScriptNotAllowed(path, statements[i].Line, $"{what} {OneTransaction}");
            }
        }
    }
}
