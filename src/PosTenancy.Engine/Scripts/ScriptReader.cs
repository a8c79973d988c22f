using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Scripts;

/// <summary>Turns the text of a script into its statements. Touches no file and no database.</summary>
internal static class ScriptReader
{
    /// <summary>Every statement of a script that may be run.</summary>
    /// <param name="path">The script, to name it.</param>
    /// <param name="text">Its text.</param>
    /// <exception cref="PosTenancyException">It has no statement, or one that must not be run.</exception>
    public static IReadOnlyList<ScriptStatement> Read(string path, string text)
    {
        // Nothing in a script is written with it, and SQLite would take it for the end.
        if (text.IndexOf('\0') is var zero and >= 0)
        {
            throw Errors.ScriptNotAllowed(path, SqlText.Line(text, zero), "it has a NUL character. Save the script as UTF-8 text.");
        }

        SqlText sql = new(text);
        List<LocatedStatement> statements = [.. Locate(sql)];
        return statements.Count > 0
            ? new ScriptRules(path, sql).Judge(statements)
            : throw Errors.ScriptInvalid(path, "has no statement: it is empty, or all of it is comments.");
    }

    /// <summary>Counts each line break once: from the beginning for every statement, a long script would take for ever.</summary>
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

/// <summary>A statement, and the line that it begins on.</summary>
internal readonly record struct LocatedStatement(int Line, SqlStatement Statement);
