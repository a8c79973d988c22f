using SQLitePCL;

namespace PosTenancy.Engine.Sqlite;

/// <summary>A statement in a text of many.</summary>
/// <param name="First">Its first token.</param>
/// <param name="Last">Its last token, the semicolon left out.</param>
/// <param name="IsComplete">Whether it has an end; only the last one can be without.</param>
internal readonly record struct SqlStatement(int First, int Last, bool IsComplete);

/// <summary>
/// Cuts a text into its statements. A semicolon also stands inside of triggers, so SQLite itself is asked whether a statement ends at one
/// (sqlite.org/c3ref/complete.html).
/// </summary>
internal static class SqlStatements
{
    /// <summary>The statements in order; an empty one, between two semicolons, is none.</summary>
    public static IEnumerable<SqlStatement> Split(SqlText sql)
    {
        // Whoever splits a script has not opened a database yet, and it is the first connection that loads SQLite otherwise.
        Batteries_V2.Init();
        int first = 0;
        bool isTrigger = false;
        for (int i = 0; i < sql.Tokens.Count; i++)
        {
            if (!sql.Is(i, ';'))
            {
                continue;
            }

            // SQLite reads from the beginning each time it is asked: after the first semicolon of a trigger it is asked only where one can
            // end ("; END ;"), or a trigger of many statements would take for ever.
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

    /// <summary>The text from one token to another.</summary>
    public static string Slice(this SqlText sql, int first, int last) =>
        sql.Text.Substring(sql.Tokens[first].Start, sql.Tokens[last].End - sql.Tokens[first].Start);

    private static bool IsComplete(SqlText sql, int first, int last) => raw.sqlite3_complete(sql.Slice(first, last) + "\n;") != 0;
}
