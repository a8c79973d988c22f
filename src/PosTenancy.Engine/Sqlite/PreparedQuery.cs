using SQLitePCL;

namespace PosTenancy.Engine.Sqlite;

/// <summary>A statement that is compiled once and run many times. Its rows are stepped through, not kept.</summary>
internal sealed class PreparedQuery(DatabaseConnection connection, sqlite3_stmt statement) : IDisposable
{
    /// <summary>Whether it returns rows and does not write to the file (sqlite.org/c3ref/stmt_readonly.html).</summary>
    public bool IsQuery => raw.sqlite3_column_count(statement) > 0 && raw.sqlite3_stmt_readonly(statement) != 0;

    /// <summary>Names of its parameters, including the colon or question mark; a bare <c>?</c> has none.</summary>
    public IEnumerable<string> Parameters =>
        Enumerable
            .Range(1, raw.sqlite3_bind_parameter_count(statement))
            .Select(i => raw.sqlite3_bind_parameter_name(statement, i).utf8_to_string() ?? "?");

    /// <summary>Binds a parameter for every run; has no effect if no parameter has that name.</summary>
    public void Bind(string parameter, SqlValue value)
    {
        int index = raw.sqlite3_bind_parameter_index(statement, parameter);
        if (index > 0 && value.Bind(statement, index) is not raw.SQLITE_OK and var result)
        {
            throw connection.Failure(result);
        }
    }

    /// <summary>Runs the statement to completion.</summary>
    /// <returns>The number of rows.</returns>
    public long Run() => Run(static _ => { });

    /// <summary>Reads every row with all of its values.</summary>
    public IReadOnlyList<IReadOnlyList<SqlValue>> Rows()
    {
        List<IReadOnlyList<SqlValue>> rows = [];
        int columns = raw.sqlite3_column_count(statement);
        Run(row => rows.Add([.. Enumerable.Range(0, columns).Select(i => SqlValue.Read(row, i))]));
        return rows;
    }

    /// <inheritdoc/>
    public void Dispose() => statement.Dispose();

    private long Run(Action<sqlite3_stmt> onRow)
    {
        long rows = 0;
        int result;
        while ((result = raw.sqlite3_step(statement)) == raw.SQLITE_ROW)
        {
            rows++;
            onRow(statement);
        }

        // The error is read before the reset, which may report the same error again but never another.
        Exception? failure = result == raw.SQLITE_DONE ? null : connection.Failure(result);
        _ = raw.sqlite3_reset(statement);
        return failure is null ? rows : throw failure;
    }
}
