using SQLitePCL;

namespace PosTenancy.Engine.Sqlite;

/// <summary>Compiles statements without running them: SQLite's own parser answers what they are.</summary>
internal sealed class StatementCompiler(DatabaseConnection connection)
{
    /// <summary>SQLite's message if a statement does not compile; otherwise <see langword="null"/>.</summary>
    public string? Error(string sql)
    {
        SqliteException? error = Statement.TryPrepare(connection, sql, [], out Statement statement);
        statement.Dispose();
        return error?.Message;
    }

    /// <summary>The names of the columns that a query returns; none if it does not compile.</summary>
    public IReadOnlyList<string> ColumnNames(string sql)
    {
        bool isCompiled = Statement.TryPrepare(connection, sql, [], out Statement statement) is null;
        using (statement)
        {
            return isCompiled ? statement.ColumnNames : [];
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
