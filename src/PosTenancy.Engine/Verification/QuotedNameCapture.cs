using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Verification;

/// <summary>
/// Where no column has the name, SQLite treats "tenant_id" in double quotes as a string (sqlite.org/quirks.html, 8). Once the column
/// exists,
/// the same token means the column: a CHECK tests something else, a view returns something else, and an index lacks entries. All of it
/// still compiles.
/// </summary>
internal static class QuotedNameCapture
{
    /// <summary>Finds the statements of a database before its migration that contain such a token.</summary>
    /// <param name="before">Schema before the migration.</param>
    /// <param name="after">Schema after the migration.</param>
    /// <param name="newReaders">Views and triggers that read the column now and did not before.</param>
    /// <param name="columnName">Name of the tenant column.</param>
    public static IEnumerable<(string Statement, string Reason)> Find(
        DatabaseSchema before, DatabaseSchema after, IReadOnlyCollection<string> newReaders, string columnName)
    {
        HashSet<string> gained = new(
            after.Tables.Where(t => t.FindColumn(columnName) is not null).Select(t => t.Name),
            Identifier.Comparer);
        gained.ExceptWith(before.Tables.Where(t => t.FindColumn(columnName) is not null).Select(t => t.Name));
        return before
            .Objects.Where(o =>
                o.Sql is not null &&
                o.Type switch
                {
                    "table" => gained.Contains(o.Name) && HasText(new SqlText(o.Sql), columnName),
                    "index" => gained.Contains(o.Table) && HasText(new SqlText(o.Sql), columnName),
                    _ => newReaders.Contains(o.Name, Identifier.Comparer) && HasName(new SqlText(o.Sql), columnName),
                })
            .Select(o =>
                (
                    $"{o.Type} {o.Name}",
                    $"\"{columnName}\" in double quotes was a string in it and now means the column; write it in single quotes before " +
                    "the migration"
                ));
    }

    private static bool HasName(SqlText sql, string columnName) =>
        sql.Places.Any(i => IsName(sql, i, columnName));

    /// <summary>
    /// Whether an expression contains the token. A default remains a string; names of constraints and of other tables' columns remain
    /// names.
    /// </summary>
    private static bool HasText(SqlText sql, string columnName) => sql.Places.Any(i =>
        sql.Text[sql.Tokens[i].Start] == '"' && IsName(sql, i, columnName) && IsExpression(sql, i));

    private static bool IsExpression(SqlText sql, int index)
    {
        // The statement's own names come before its first parenthesis.
        if (!Enumerable.Range(0, index).Any(i => sql.Is(i, '(')))
        {
            return false;
        }

        bool isParentColumn = index > 2 && sql.Is(index - 1, '(') && sql.Is(index - 3, "REFERENCES");
        return !isParentColumn && !sql.Is(index - 1, "CONSTRAINT") && !sql.Is(index - 1, "DEFAULT") && !sql.Is(index - 1, "REFERENCES");
    }

    private static bool IsName(SqlText sql, int index, string columnName) =>
        sql.Tokens[index].Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName && Identifier.Comparer.Equals(sql.Name(index), columnName);
}
