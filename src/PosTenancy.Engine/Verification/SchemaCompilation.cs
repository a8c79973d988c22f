using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using SQLitePCL;

namespace PosTenancy.Engine.Verification;

/// <summary>
/// Compiles what an application will run: each view, and each table's INSERT, UPDATE and DELETE, which compiles their triggers too.
/// ADD COLUMN checks none of it: the first sale afterwards would.
/// </summary>
/// <param name="Statements">How many statements were compiled.</param>
/// <param name="Errors">What does not compile, and SQLite's message.</param>
/// <param name="ColumnReaders">Triggers and views that read the tenant column, by name or because of a <c>*</c>.</param>
/// <param name="Inserters">Triggers that insert rows.</param>
internal sealed record SchemaCompilation(
    int Statements, IReadOnlyDictionary<string, string> Errors, IReadOnlyCollection<string> ColumnReaders, IReadOnlyCollection<string> Inserters)
{
    /// <summary>Compiles everything, as the application would: with "text" in double quotes allowed for a string.</summary>
    public static SchemaCompilation Compile(DatabaseConnection connection, DatabaseSchema schema, string columnName)
    {
        int count = 0;
        Dictionary<string, string> errors = new(Identifier.Comparer);
        HashSet<string> readers = new(Identifier.Comparer);
        HashSet<string> inserters = new(Identifier.Comparer);
        connection.AllowDoubleQuotedStrings(true);
        try
        {
            connection.ObserveCompilation(
                () =>
                {
                    foreach ((string name, string sql) in AllStatements(schema))
                    {
                        count++;
                        if (connection.CompileError(sql) is { } message)
                        {
                            errors[name] = message;
                        }
                    }
                },
                (action, _, second, within) =>
                {
                    if (action == raw.SQLITE_READ && second is not null && Identifier.Comparer.Equals(second, columnName))
                    {
                        readers.Add(within);
                    }
                    else if (action == raw.SQLITE_INSERT)
                    {
                        inserters.Add(within);
                    }
                });
        }
        finally
        {
            connection.AllowDoubleQuotedStrings(false);
        }

        return new SchemaCompilation(count, errors, readers, inserters);
    }

    private static IEnumerable<(string Name, string Sql)> AllStatements(DatabaseSchema schema)
    {
        foreach (string view in schema.Views)
        {
            yield return ($"view {view}", $"SELECT * FROM main.{Identifier.Quote(view)}");
        }

        foreach (TableSchema table in schema.Tables.Where(t => t.Kind == TableKind.Table))
        {
            string quoted = "main." + Identifier.Quote(table.Name);
            List<string> columns = [.. table.Columns.Where(c => c.Visibility == ColumnVisibility.Ordinary).Select(c => Identifier.Quote(c.Name))];
            string values = string.Join(", ", columns.Select(_ => "NULL"));
            yield return ($"INSERT into {table.Name}", $"INSERT INTO {quoted} ({string.Join(", ", columns)}) VALUES ({values})");
            yield return ($"UPDATE of {table.Name}", $"UPDATE {quoted} SET {string.Join(", ", columns.Select(c => c + " = NULL"))}");
            yield return ($"DELETE from {table.Name}", $"DELETE FROM {quoted}");
        }
    }
}
