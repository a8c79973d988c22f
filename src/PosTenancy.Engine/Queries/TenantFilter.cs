using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Queries;

/// <summary>
/// Removes the tenant from a query: each comparison of the tenant column with the tenant, or with the tenant column of another table,
/// becomes
/// TRUE. All other text is kept character by character.
/// </summary>
internal static class TenantFilter
{
    // Tokens that may adjoin a condition without binding more tightly than "=": next to any other, TRUE would have a different meaning.
    private static readonly string[] Before = ["WHERE", "AND", "OR", "NOT", "ON", "HAVING", "WHEN"];
    private static readonly string[] After =
    [
        "AND",
        "OR",
        "GROUP",
        "ORDER",
        "LIMIT",
        "HAVING",
        "UNION",
        "EXCEPT",
        "INTERSECT",
        "WINDOW",
        "JOIN",
        "LEFT",
        "RIGHT",
        "FULL",
        "INNER",
        "CROSS",
        "NATURAL",
        "WHERE",
        "THEN",
    ];

    public static string Remove(string query, string columnName)
    {
        SqlText sql = new(query);
        TextEdits edits = new(query);
        for (int i = 1; i < sql.Tokens.Count - 1; i++)
        {
            if (!sql.Is(i, '=') && !sql.Is(i, "IS"))
            {
                continue;
            }

            int right = sql.Is(i + 1, '=') ? i + 2 : i + 1;
            if (Operand(sql, i - 1, -1, columnName) is { } first &&
                Operand(sql, right, 1, columnName) is { } last &&
                StandsAlone(sql, first, last))
            {
                edits.Replace(new TextSpan(sql.Tokens[first].Start, sql.Tokens[last].End), "TRUE");
            }
        }

        return edits.Apply();
    }

    /// <summary>The far end of an operand that denotes the tenant: the parameter, or the column with or without its table.</summary>
    private static int? Operand(SqlText sql, int near, int step, string columnName)
    {
        if (near < 0 || near >= sql.Tokens.Count)
        {
            return null;
        }

        if (QueryFile.TenantParameters.Contains(sql.Slice(near, near), StringComparer.Ordinal))
        {
            return near;
        }

        // Read from the left, a qualified name begins with its table: the column is its last part.
        int column = near;
        while (step > 0 && sql.Is(column + 1, '.'))
        {
            column += 2;
        }

        if (column >= sql.Tokens.Count ||
            sql.Tokens[column].Kind is not (SqlTokenKind.Word or SqlTokenKind.QuotedName) ||
            !Identifier.Comparer.Equals(sql.Name(column), columnName))
        {
            return null;
        }

        int far = column;
        while (step < 0 && far >= 2 && sql.Is(far - 1, '.'))
        {
            far -= 2;
        }

        return far;
    }

    private static bool StandsAlone(SqlText sql, int first, int last) =>
        (sql.Is(first - 1, '(') || Array.Exists(Before, word => sql.Is(first - 1, word))) &&
        (last + 1 >= sql.Tokens.Count || sql.Is(last + 1, ')') || Array.Exists(After, word => sql.Is(last + 1, word)));
}
