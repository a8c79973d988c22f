using System.Text;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Scripts;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Fuzz;

/// <summary>The text of a script: its tokens, its statements, and the rules for them.</summary>
internal static class ScriptTarget
{
    public static void Run(byte[] bytes)
    {
        string text = Encoding.UTF8.GetString(bytes);
        SqlText sql = new(text);
        int end = 0;
        foreach (SqlToken token in sql.Tokens)
        {
            Target.Require(
                token.Start >= end && token.Length > 0 && token.End <= text.Length && token.Depth >= 0,
                $"the token at {token.Start} is out of place");
            end = token.End;
        }

        int next = 0;
        foreach (SqlStatement statement in SqlStatements.Split(sql))
        {
            Target.Require(
                statement.First >= next && statement.Last >= statement.First && statement.Last < sql.Tokens.Count,
                "a statement is out of place");
            next = statement.Last + 1;
        }

        _ = TableDefinitionReader.Read(text);
        try
        {
            foreach (ScriptStatement statement in ScriptReader.Read("script.sql", text))
            {
                Target.Require(statement.Sql.Length > 0 && statement.Line >= 1, "a statement is empty");
            }
        }
        catch (PosTenancyException)
        {
            // The script is forbidden.
        }
    }
}
