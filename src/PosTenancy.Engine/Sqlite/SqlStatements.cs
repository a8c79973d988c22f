using SQLitePCL;

namespace PosTenancy.Engine.Sqlite;

/// <summary>A statement within a text of many.</summary>
/// <param name="First">Index of its first token.</param>
/// <param name="Last">Index of its last token, the semicolon excluded.</param>
/// <param name="IsComplete">Whether it is terminated; only the last one can be incomplete.</param>
internal readonly record struct SqlStatement(int First, int Last, bool IsComplete);

/// <summary>
/// Splits a text into its statements. Triggers contain semicolons too, so SQLite decides whether a statement ends at one
/// (sqlite.org/c3ref/complete.html).
/// </summary>
internal static class SqlStatements
{
    /// <summary>The statements in order; an empty statement between two semicolons is ignored.</summary>
    public static IEnumerable<SqlStatement> Split(SqlText sql)
    {
        // A caller that splits a script has not opened a database yet, and otherwise the first connection loads SQLite.
        SqliteLibrary.Load();
        int first = 0;
        bool isTrigger = false;
        for (int i = 0; i < sql.Tokens.Count; i++)
        {
            if (!sql.Is(i, ';'))
            {
                continue;
            }

            // SQLite scans from the beginning on every call. After the first semicolon of a trigger it is asked only where the trigger can
            // end
            // ("; END ;"); otherwise a trigger of many statements would take quadratic time.
            if (i > first && (!isTrigger || (sql.Is(i - 1, "END") && sql.Is(i - 2, ';'))))
            {
                isTrigger = !IsComplete(sql, first, i);
                if (!isTrigger)
                {
                    yield return new SqlStatement(first, i - 1, IsComplete: true);
                }
            }

            first = isTrigger ? first : i + 1;
        }

        if (first < sql.Tokens.Count)
        {
            yield return new SqlStatement(first, sql.Tokens.Count - 1, IsComplete(sql, first, sql.Tokens.Count - 1));
        }
    }

    /// <summary>The text from one token through another.</summary>
    public static string Slice(this SqlText sql, int first, int last) =>
        sql.Text.Substring(sql.Tokens[first].Start, sql.Tokens[last].End - sql.Tokens[first].Start);

    private static bool IsComplete(SqlText sql, int first, int last) => raw.sqlite3_complete(sql.Slice(first, last) + "\n;") != 0;
}
