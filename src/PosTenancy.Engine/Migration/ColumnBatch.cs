using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Migration;

/// <summary>
/// Adds the tenant column to hundreds of tables with one change of the schema. ADD COLUMN only changes the text of a table, but SQLite
/// reads the whole schema again after each, so the time grows with the square of the number of tables. Here each new text is what ADD
/// COLUMN makes of the table in an empty database in memory, and all are written together, as sqlite.org/lang_altertable.html, 7,
/// describes. The checks and the comparison of every page are the same as after ADD COLUMN.
/// </summary>
internal static class ColumnBatch
{
    /// <summary>Number of tables from which on it is used: fewer take less than a second in either way.</summary>
    private const int Many = 200;

    /// <summary>Runs as many statements of a plan as can be run together, in an open transaction.</summary>
    /// <param name="connection">The database.</param>
    /// <param name="schema">Its schema before the first statement.</param>
    /// <param name="statements">The statements of the plan.</param>
    /// <param name="report">Receives each statement.</param>
    /// <returns>The other statements, in their order.</returns>
    public static IReadOnlyList<PlannedStatement> Run(
        DatabaseConnection connection,
        DatabaseSchema schema,
        IReadOnlyList<PlannedStatement> statements,
        Action<PlannedStatement> report)
    {
        // A plan begins with the columns that it adds. One that rebuilds tables, which it proves, takes its own time.
        PlannedStatement[] added =
            [.. statements.TakeWhile(s => s.Sql.StartsWith("ALTER TABLE ", StringComparison.Ordinal)).Skip(1)];
        if (added.Length < Many || statements.Any(s => s.IsProof))
        {
            return statements;
        }

        // The first ADD COLUMN is run as it is: it raises the schema format of a file that an old SQLite created.
        Dictionary<PlannedStatement, (long Place, string Text)> texts = NewTexts(connection, schema, added);
        PlannedStatement first = statements[0];
        report(first);
        connection.Execute(first.Sql);
        connection.Settings.WriteSchema(texts.Select(changed =>
        {
            report(changed.Key);
            return changed.Value;
        }));
        return [.. statements.Skip(1).Where(s => !texts.ContainsKey(s))];
    }

    private static Dictionary<PlannedStatement, (long Place, string Text)> NewTexts(
        DatabaseConnection connection, DatabaseSchema schema, IEnumerable<PlannedStatement> added)
    {
        Dictionary<string, (long Place, string Text)> now = connection
            .Query(
                "SELECT name, rowid, sql FROM main.sqlite_schema WHERE type = 'table'",
                static row => (Name: row.GetString(0), Place: row.GetInt64(1), Text: row.GetString(2)))
            .ToDictionary(t => t.Name, t => (t.Place, t.Text), Identifier.Comparer);
        Dictionary<string, TableSchema> tables = schema.Tables.ToDictionary(t => t.Name, Identifier.Comparer);
        Dictionary<PlannedStatement, (long Place, string Text)> texts = [];
        using DatabaseConnection empty = DatabaseConnection.OpenEmpty(connection.Path, connection.Cancellation);
        using IDisposable _ = empty.Settings.KeepSchemaTexts();
        foreach (PlannedStatement statement in added.Where(s => IsPlain(tables[s.Subject], now[s.Subject].Text)))
        {
            (long place, string text) = now[statement.Subject];
            try
            {
                empty.Execute(text);
            }
            catch (PosTenancyException exception) when (exception.ErrorId == ErrorIds.SqliteError)
            {
                // A collation that only the application defines: SQLite overlooks it in a file, and not here.
                continue;
            }

            empty.Execute(statement.Sql);
            texts.Add(statement, (place, Text(empty, statement.Subject)));
            empty.Execute($"DROP TABLE {Identifier.Quote(statement.Subject)}");
        }

        return texts;
    }

    private static string Text(DatabaseConnection connection, string table) =>
        connection.Query(
            "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?1", static row => row.GetString(0), table).First();

    /// <summary>Whether ADD COLUMN reads no row of the table: it does where the new column could violate a constraint.</summary>
    private static bool IsPlain(TableSchema table, string text) =>
        !table.IsStrict &&
        table.Columns.All(c => c.Visibility == ColumnVisibility.Ordinary) &&
        text.IndexOf("CHECK", StringComparison.OrdinalIgnoreCase) < 0;
}
