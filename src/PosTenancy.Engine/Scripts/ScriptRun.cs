using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Scripts;

/// <summary>Runs the statements of a script as the sqlite3 shell would, and keeps the rows they return.</summary>
internal sealed class ScriptRun(DatabaseConnection connection, string reportAs, MigrationScript script)
{
    private const int MaxRowsOfStatement = 1_000;
    private const int MaxRowsOfScript = 10_000;

    private readonly List<ScriptOutput> _output = [];
    private int _rowsKept;

    /// <summary>Rows returned so far.</summary>
    public IReadOnlyList<ScriptOutput> Output => _output;

    /// <summary>Gives the script the settings it would have in the shell, and resets them afterwards.</summary>
    public void Run(Action statements)
    {
        using IDisposable _ = connection.Settings.AsInShell();
        statements();
    }

    /// <summary>Runs one statement.</summary>
    /// <exception cref="PosTenancyException">The statement failed; the message includes its line.</exception>
    public void Execute(PlannedStatement statement)
    {
        int line = statement.Line ?? 0;
        IReadOnlyList<string> columns;
        List<IReadOnlyList<string?>> rows = [];
        long count = 0;
        try
        {
            using Statement compiled = connection.Prepare(statement.Sql);
            columns = compiled.ColumnNames;
            while (compiled.Step())
            {
                if (count++ < MaxRowsOfStatement && _rowsKept < MaxRowsOfScript)
                {
                    rows.Add([.. columns.Select((_, i) => ColumnText.Read(compiled.Row, i))]);
                    _rowsKept++;
                }
            }
        }
        catch (PosTenancyException exception)
        {
            string ended = connection.InTransaction ? "" : ", and the transaction ended";
            throw Errors.ScriptStatementFailed(reportAs, line, script.Name, exception.Cause.TrimEnd('.') + ended);
        }

        if (!connection.InTransaction)
        {
            throw Errors.ScriptStatementFailed(reportAs, line, script.Name, "the statement ended the transaction");
        }

        // Since SQLite 3.53, an ALTER TABLE that adds a constraint returns the columns of an internal query, and no rows.
        if (columns.Count > 0 && !new SqlText(statement.Sql).Is(0, "ALTER"))
        {
            _output.Add(new ScriptOutput(line, statement.Sql, columns, rows, count));
        }
    }
}
