using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Verification;

/// <summary>The INSERTs of a trigger, read from its text.</summary>
internal static class TriggerInserts
{
    /// <summary>
    /// Whether every INSERT names its columns, or selects the tenant column last, where every table has it. Without a column list values
    /// are assigned by position, and an expanded <c>*</c> shifts those after it; the statement still compiles if the target table has grown
    /// too.
    /// </summary>
    public static bool AreAligned(DatabaseConnection connection, string triggerSql, string columnName)
    {
        SqlText sql = new(triggerSql);
        return Read(sql).All(i => i.Select is not { } select || EndsWithTenant(connection, WithoutRow(sql, select, i.End), columnName));
    }

    /// <summary>The INSERTs of a trigger in their order.</summary>
    /// <param name="triggerSql">Its CREATE statement.</param>
    public static IEnumerable<TriggerInsert> Read(string triggerSql) => Read(new SqlText(triggerSql));

    private static IEnumerable<TriggerInsert> Read(SqlText sql)
    {
        // BEGIN may be the name of a column, too: what follows is then no INSERT.
        foreach (int before in sql.Places.Where(i => sql.Is(i, "BEGIN") || sql.Is(i, ';')))
        {
            int first = before + 1;
            if (!sql.Is(first, "INSERT") && !sql.Is(first, "REPLACE"))
            {
                continue;
            }

            int end = first;
            while (end < sql.Tokens.Count && !sql.Is(end, ';'))
            {
                end++;
            }

            yield return Read(sql, first, end);
        }
    }

    private static TriggerInsert Read(SqlText sql, int first, int end)
    {
        string? conflict = sql.Is(first, "REPLACE") ? "REPLACE" : sql.Is(first + 1, "OR") ? sql.Name(first + 2).ToUpperInvariant() : null;
        int i = first + (sql.Is(first + 1, "OR") ? 3 : 1);
        i += sql.Is(i, "INTO") ? 1 : 0;
        i += sql.Is(i + 1, '.') ? 2 : 0;
        string table = sql.Name(i++);
        i += sql.Is(i, "AS") ? 2 : 0;
        if (!sql.Is(i, '('))
        {
            bool selects = i < end && (sql.Is(i, "SELECT") || sql.Is(i, "WITH"));
            return new TriggerInsert(table, Columns: null, conflict, selects ? i : null, end);
        }

        List<string> columns = [];
        for (int column = i + 1; column < end && !sql.Is(column, ')'); column += sql.Is(column + 1, ',') ? 2 : 1)
        {
            columns.Add(sql.Name(column));
        }

        return new TriggerInsert(table, columns, conflict, Select: null, end);
    }

    /// <summary>
    /// The text of a statement with NULL for each OLD or NEW value, so that it compiles outside the trigger.
    /// </summary>
    private static string WithoutRow(SqlText sql, int first, int last)
    {
        System.Text.StringBuilder text = new();
        for (int i = first; i < last; i++)
        {
            bool isRow = (sql.Is(i, "NEW") || sql.Is(i, "OLD")) && sql.Is(i + 1, '.');
            text.Append(isRow ? "NULL" : sql.Text.Substring(sql.Tokens[i].Start, sql.Tokens[i].Length)).Append(' ');
            i += isRow ? 2 : 0;
        }

        return text.ToString();
    }

    private static bool EndsWithTenant(DatabaseConnection connection, string select, string columnName)
    {
        IReadOnlyList<string> columns = connection.Compiler.ColumnNames(select);
        return columns.Count(c => Identifier.Comparer.Equals(c, columnName)) == 1 &&
            Identifier.Comparer.Equals(columns[columns.Count - 1], columnName);
    }
}

/// <summary>An INSERT of a trigger.</summary>
/// <param name="Table">The table or view that it names.</param>
/// <param name="Columns">The columns that it names; <see langword="null"/> if it has values for each by its position.</param>
/// <param name="Conflict">What it does about a conflict, such as <c>IGNORE</c>; <see langword="null"/> if it does not say.</param>
/// <param name="Select">Index of the token that begins the SELECT of one without a list of columns.</param>
/// <param name="End">Index of the token after it.</param>
internal sealed record TriggerInsert(string Table, IReadOnlyList<string>? Columns, string? Conflict, int? Select, int End);
