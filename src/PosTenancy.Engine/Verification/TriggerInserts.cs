using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Verification;

/// <summary>
/// Whether the INSERTs of a trigger still put each value into the intended column. Without a column list values are assigned by position,
/// and
/// an expanded <c>*</c> shifts those after it; the statement still compiles if the target table has grown too.
/// </summary>
internal static class TriggerInserts
{
    /// <summary>Whether every INSERT names its columns, or selects the tenant column last, where every table has it.</summary>
    public static bool AreAligned(DatabaseConnection connection, string triggerSql, string columnName)
    {
        SqlText sql = new(triggerSql);
        int begin = sql.Places.FirstOrDefault(i => sql.Is(i, "BEGIN"));
        for (int first = begin + 1, last; first < sql.Tokens.Count; first = last + 1)
        {
            last = first;
            while (last < sql.Tokens.Count && !sql.Is(last, ';'))
            {
                last++;
            }

            if (SelectOf(sql, first, last) is { } select && !EndsWithTenant(connection, WithoutRow(sql, select, last), columnName))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Index of the SELECT that supplies an INSERT without a column list; <see langword="null"/> for anything else.
    /// </summary>
    private static int? SelectOf(SqlText sql, int first, int last)
    {
        int i = first;
        if (!sql.Is(i, "INSERT") && !sql.Is(i, "REPLACE"))
        {
            return null;
        }

        i += sql.Is(i + 1, "OR") ? 3 : 1;
        i += sql.Is(i, "INTO") ? 2 : 1;
        i += sql.Is(i, '.') ? 2 : 0;
        i += sql.Is(i, "AS") ? 2 : 0;
        return i < last && (sql.Is(i, "SELECT") || sql.Is(i, "WITH")) ? i : null;
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
