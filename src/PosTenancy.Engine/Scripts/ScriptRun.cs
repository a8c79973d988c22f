using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Scripts;

/// <summary>Runs the statements of a script as the sqlite3 shell would, and keeps the rows that they give.</summary>
internal sealed class ScriptRun(DatabaseConnection connection, string reportAs, MigrationScript script)
{
    private const int MaxRowsOfStatement = 1_000;
    private const int MaxRowsOfScript = 10_000;

    private readonly List<ScriptOutput> _output = [];
    private int _rowsKept;

    /// <summary>What the statements gave so far.</summary>
    public IReadOnlyList<ScriptOutput> Output => _output;

    /// <summary>Lets the script have what it would have in the shell, and takes it back after.</summary>
    public void Run(Action statements)
    {
        using IDisposable _ = connection.Settings.AsInShell();
        statements();
    }

    /// <summary>Runs one statement.</summary>
    /// <exception cref="PosTenancyException">It failed; the message has its line.</exception>
    public void Execute(PlannedStatement statement)
    {
        int line = statement.Line ?? 0;
        IReadOnlyList<string>? columns = null;
        List<IReadOnlyList<string?>> rows = [];
        long count = 0;
        try
        {
            connection.Execute(statement.Sql, names => columns = names, read =>
            {
                if (count++ < MaxRowsOfStatement && _rowsKept < MaxRowsOfScript)
                {
                    rows.Add(read());
                    _rowsKept++;
                }
            });
        }
        catch (PosTenancyException exception)
        {
            string ended = connection.InTransaction ? "" : ", and with it the transaction ended";
            throw Errors.ScriptStatementFailed(reportAs, line, script.Name, exception.Cause.TrimEnd('.') + ended);
        }

        if (!connection.InTransaction)
        {
            throw Errors.ScriptStatementFailed(reportAs, line, script.Name, "the statement ended the transaction");
        }

        // From SQLite 3.53 on, an ALTER TABLE that adds a constraint has the columns of a query of SQLite's own, and no rows.
        if (columns is not null && !new SqlText(statement.Sql).Is(0, "ALTER"))
        {
            _output.Add(new ScriptOutput(line, statement.Sql, columns, rows, count));
        }
    }
}
