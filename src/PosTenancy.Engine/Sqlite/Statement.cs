using SQLitePCL;

namespace PosTenancy.Engine.Sqlite;

/// <summary>
/// A compiled statement, to be run once or many times. Its rows are stepped through, not kept. Everything that runs SQL in this project
/// does it through this class, except <see cref="DatabaseConnection.TryExecute"/>.
/// </summary>
internal sealed class Statement : IDisposable
{
    private readonly DatabaseConnection _connection;
    private readonly sqlite3_stmt _statement;

    private Statement(DatabaseConnection connection, sqlite3_stmt statement)
    {
        _connection = connection;
        _statement = statement;
    }

    /// <summary>Names of the columns; none if it returns no rows.</summary>
    public IReadOnlyList<string> ColumnNames =>
        [
            .. Enumerable
                .Range(0, raw.sqlite3_column_count(_statement))
                .Select(i => raw.sqlite3_column_name(_statement, i).utf8_to_string()),
        ];

    /// <summary>Whether it returns rows and does not write to the file (sqlite.org/c3ref/stmt_readonly.html).</summary>
    public bool IsQuery => raw.sqlite3_column_count(_statement) > 0 && raw.sqlite3_stmt_readonly(_statement) != 0;

    /// <summary>Names of its parameters, including the colon or question mark; a bare <c>?</c> has none.</summary>
    public IEnumerable<string> Parameters =>
        Enumerable
            .Range(1, raw.sqlite3_bind_parameter_count(_statement))
            .Select(i => raw.sqlite3_bind_parameter_name(_statement, i).utf8_to_string() ?? "?");

    /// <summary>The row that the last step reached.</summary>
    public Row Row => new(_statement);

    /// <summary>Compiles one statement and binds its values.</summary>
    /// <param name="connection">Connection to run it on.</param>
    /// <param name="sql">One statement. A second one in the text is an error: the text may come from a file that is not trusted.</param>
    /// <param name="values">The values of ?1, ?2 … as in <see cref="Row.GetValue"/>, or as <see cref="SqlValue"/>; a parameter without a
    /// value is NULL.</param>
    /// <param name="statement">The statement, to be disposed even after an error.</param>
    /// <returns>Why it cannot be run; <see langword="null"/> if it can.</returns>
    public static SqliteException? TryPrepare(
        DatabaseConnection connection, string sql, IReadOnlyList<object?> values, out Statement statement)
    {
        connection.Cancellation.ThrowIfCancellationRequested();
        int result = raw.sqlite3_prepare_v2(connection.Handle, sql, out sqlite3_stmt compiled, out string? rest);
        statement = new Statement(connection, compiled);
        if (result == raw.SQLITE_OK && rest is { Length: > 0 } && new SqlText(rest) is var more && !more.Places.All(i => more.Is(i, ';')))
        {
            return new SqliteException($"SQLite ended the statement before \"{rest.Trim()}\"", raw.SQLITE_ERROR);
        }

        for (int i = 0; i < values.Count && result == raw.SQLITE_OK; i++)
        {
            result = statement.Bind(i + 1, values[i]);
        }

        return result == raw.SQLITE_OK ? null : SqliteException.Last(connection.Handle, result);
    }

    /// <summary>Binds a parameter for every run; has no effect if no parameter has that name.</summary>
    public void Bind(string parameter, object value)
    {
        int index = raw.sqlite3_bind_parameter_index(_statement, parameter);
        if (index > 0 && Bind(index, value) is not raw.SQLITE_OK and var result)
        {
            throw _connection.Failure(result);
        }
    }

    /// <summary>Begins another run with other values.</summary>
    /// <param name="values">As in <see cref="TryPrepare"/>; a parameter that is not among them keeps its value.</param>
    public void Restart(params IReadOnlyList<object?> values)
    {
        _ = raw.sqlite3_reset(_statement);
        for (int i = 0; i < values.Count; i++)
        {
            Require(Bind(i + 1, values[i]));
        }
    }

    /// <summary>Binds a value of a row, without an object for it.</summary>
    /// <param name="parameter">Number of the parameter, from 1.</param>
    /// <param name="row">The row of another statement.</param>
    /// <param name="column">Index of the column.</param>
    public void BindFrom(int parameter, Row row, int column)
    {
        switch (row.Type(column))
        {
            case raw.SQLITE_INTEGER:
                BindInteger(parameter, row.GetInt64(column));
                break;
            case raw.SQLITE_FLOAT:
                BindReal(parameter, row.GetDouble(column));
                break;
            case raw.SQLITE_TEXT:
                BindText(parameter, row.GetUtf8(column));
                break;
            case raw.SQLITE_BLOB:
                BindBlob(parameter, row.GetBytes(column));
                break;
            default:
                BindNull(parameter);
                break;
        }
    }

    /// <summary>Binds NULL.</summary>
    public void BindNull(int parameter) => Require(raw.sqlite3_bind_null(_statement, parameter));

    /// <summary>Binds a blob. An empty one has no address, and would be bound as NULL.</summary>
    public void BindBlob(int parameter, ReadOnlySpan<byte> bytes) => Require(bytes.IsEmpty
        ? raw.sqlite3_bind_zeroblob(_statement, parameter, 0)
        : raw.sqlite3_bind_blob(_statement, parameter, bytes));

    /// <summary>Binds an integer.</summary>
    public void BindInteger(int parameter, long value) => Require(raw.sqlite3_bind_int64(_statement, parameter, value));

    /// <summary>Binds a real number.</summary>
    public void BindReal(int parameter, double value) => Require(raw.sqlite3_bind_double(_statement, parameter, value));

    /// <summary>Binds a text in UTF-8. An empty one has no address, and would be bound as NULL.</summary>
    public void BindText(int parameter, ReadOnlySpan<byte> utf8) => Require(TryBindText(parameter, utf8));

    /// <summary>Runs it as far as its next row, and returns SQLite's result code.</summary>
    public int TryStep() => raw.sqlite3_step(_statement);

    /// <summary>Runs it as far as its next row.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Step() => TryStep() switch
    {
        raw.SQLITE_ROW => true,
        raw.SQLITE_DONE => false,
        int result => throw _connection.Failure(result),
    };

    /// <summary>Runs it to completion.</summary>
    /// <returns>The number of rows.</returns>
    public long Run()
    {
        try
        {
            long rows = 0;
            while (Step())
            {
                rows++;
            }

            return rows;
        }
        finally
        {
            // After the error was read: a reset may report the same error again but never another.
            _ = raw.sqlite3_reset(_statement);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _statement.Dispose();

    private int TryBindText(int parameter, ReadOnlySpan<byte> utf8) => utf8.IsEmpty
        ? raw.sqlite3_bind_text(_statement, parameter, "")
        : raw.sqlite3_bind_text(_statement, parameter, utf8);

    private void Require(int result)
    {
        if (result != raw.SQLITE_OK)
        {
            throw _connection.Failure(result);
        }
    }

    private int Bind(int index, object? value) => value switch
    {
        null => raw.sqlite3_bind_null(_statement, index),
        int number => raw.sqlite3_bind_int64(_statement, index, number),
        long number => raw.sqlite3_bind_int64(_statement, index, number),
        double number => raw.sqlite3_bind_double(_statement, index, number),
        string text => raw.sqlite3_bind_text(_statement, index, text),
        byte[] { Length: 0 } => raw.sqlite3_bind_zeroblob(_statement, index, 0),
        byte[] bytes => raw.sqlite3_bind_blob(_statement, index, bytes),
        ReadOnlyMemory<byte> utf8 => TryBindText(index, utf8.Span),
        SqlValue { Value: var read } => Bind(index, read),
        _ => throw new ArgumentException($"SQLite has no type for {value.GetType()}.", nameof(value)),
    };
}
