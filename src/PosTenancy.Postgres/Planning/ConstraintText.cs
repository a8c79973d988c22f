using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Postgres.Planning;

/// <summary>The expressions in a CREATE TABLE statement.</summary>
internal static class ConstraintText
{
    /// <summary>The text in the parentheses after a keyword of a constraint; <see langword="null"/> if there is none.</summary>
    public static string? Inside(TableDefinition definition, ConstraintDefinition constraint, string keyword)
    {
        SqlText sql = new(constraint.Span.In(definition.Sql.Text));
        int open = sql.Places.FirstOrDefault(i => i > 0 && sql.Is(i, '(') && sql.Is(i - 1, keyword));
        if (open == 0)
        {
            return null;
        }

        int depth = sql.Tokens[open].Depth;
        int close = sql.Places.First(i => i > open && sql.Is(i, ')') && sql.Tokens[i].Depth == depth);
        return sql.Text.Substring(sql.Tokens[open].End, sql.Tokens[close].Start - sql.Tokens[open].End);
    }
}
