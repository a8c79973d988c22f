using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Scripts;

/// <summary>Splits the text of a script into its statements. Touches no file and no database.</summary>
internal static class ScriptReader
{
    /// <summary>Returns the statements of a script, all of which may run.</summary>
    /// <param name="path">Path to name in errors.</param>
    /// <param name="text">Text of the script.</param>
    /// <exception cref="PosTenancyException">The script has no statement, or a forbidden one.</exception>
    public static IReadOnlyList<ScriptStatement> Read(string path, string text)
    {
        // No script needs a NUL, and SQLite would treat it as the end of the text.
        if (text.IndexOf('\0') is var zero and >= 0)
        {
            throw Errors.ScriptNotAllowed(path, SqlText.Line(text, zero), "it contains a NUL character. Save the script as UTF-8 text.");
        }

        SqlText sql = new(text);
        List<LocatedStatement> statements = [.. Locate(sql)];
        return statements.Count > 0
            ? new ScriptRules(path, sql).Judge(statements)
            : throw Errors.ScriptInvalid(path, "has no statement: it is empty, or contains only comments.");
    }

    /// <summary>Counts each line break once: counting from the beginning for every statement would be quadratic in a long script.</summary>
    private static IEnumerable<LocatedStatement> Locate(SqlText sql)
    {
        int line = 1;
        int counted = 0;
        foreach (SqlStatement statement in SqlStatements.Split(sql))
        {
            for (int start = sql.Tokens[statement.First].Start; counted < start; counted++)
            {
                line += sql.Text[counted] == '\n' ? 1 : 0;
            }

            yield return new LocatedStatement(line, statement);
        }
    }
}

/// <summary>A statement and the line on which it begins.</summary>
internal readonly record struct LocatedStatement(int Line, SqlStatement Statement);
