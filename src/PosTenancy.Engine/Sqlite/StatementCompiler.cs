using SQLitePCL;

namespace PosTenancy.Engine.Sqlite;

/// <summary>Compiles statements without running them: SQLite's own parser answers what they are.</summary>
internal sealed class StatementCompiler(DatabaseConnection connection)
{
    /// <summary>SQLite's message if a statement does not compile; otherwise <see langword="null"/>.</summary>
    public string? Error(string sql)
    {
        connection.Cancellation.ThrowIfCancellationRequested();
        int result = raw.sqlite3_prepare_v2(connection.Handle, sql, out sqlite3_stmt statement);
        string? message = result == raw.SQLITE_OK ? null : raw.sqlite3_errmsg(connection.Handle).utf8_to_string();
        statement?.Dispose();
        return message;
    }

    /// <summary>The names of the columns that a query returns; none if it does not compile.</summary>
    public IReadOnlyList<string> ColumnNames(string sql)
    {
        int result = raw.sqlite3_prepare_v2(connection.Handle, sql, out sqlite3_stmt statement);
        using (statement)
        {
            int count = result == raw.SQLITE_OK ? raw.sqlite3_column_count(statement) : 0;
            return [.. Enumerable.Range(0, count).Select(i => raw.sqlite3_column_name(statement, i).utf8_to_string())];
        }
    }

    /// <summary>The collation that a column was declared with, which no pragma returns.</summary>
    public string Collation(string table, string column)
    {
        int result = raw.sqlite3_table_column_metadata(
            connection.Handle, "main", table, column, out string _, out string collation, out _, out _, out _);
        return result == raw.SQLITE_OK ? collation : "BINARY";
    }

    /// <summary>
    /// Reports what is read or written, and by which trigger or view, while <paramref name="compile"/> compiles statements, through
    /// SQLite's authorizer (sqlite.org/c3ref/set_authorizer.html).
    /// </summary>
    /// <param name="compile">Compiles statements.</param>
    /// <param name="onAccess">Receives the action code, its two names (table and column, for a read) and the innermost trigger or view,
    /// if there is one.</param>
    public void Observe(Action compile, Action<int, string?, string?, string?> onAccess)
    {
        delegate_authorizer observer = (_, action, first, second, _, within) =>
        {
            onAccess(action, first.utf8_to_string(), second.utf8_to_string(), within.utf8_to_string());
            return raw.SQLITE_OK;
        };
        _ = raw.sqlite3_set_authorizer(connection.Handle, observer, null);
        try
        {
            compile();
        }
        finally
        {
            _ = raw.sqlite3_set_authorizer(connection.Handle, (delegate_authorizer)null!, null);
        }
    }
}
