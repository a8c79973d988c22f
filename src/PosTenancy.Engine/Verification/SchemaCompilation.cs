using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using SQLitePCL;

namespace PosTenancy.Engine.Verification;

/// <summary>
/// Compiles the statements that an application will run: each view, and each table's INSERT, UPDATE and DELETE, which also compiles their
/// triggers. ADD COLUMN checks none of it: otherwise the first sale afterwards would fail.
/// </summary>
/// <param name="Statements">Number of statements compiled.</param>
/// <param name="Errors">Statements that do not compile, and SQLite's message.</param>
/// <param name="ColumnReaders">Triggers and views that read the tenant column, by name or through a <c>*</c>.</param>
/// <param name="Misaligned">Triggers among these that may put a value of a <c>*</c> into the wrong column of another table.</param>
/// <param name="Tables">Tables read or written by each statement and trigger.</param>
internal sealed record SchemaCompilation(
    int Statements,
    IReadOnlyDictionary<string, string> Errors,
    IReadOnlyCollection<string> ColumnReaders,
    IReadOnlyCollection<string> Misaligned,
    ILookup<string, string> Tables)
{
    /// <summary>The key of a trigger among the statements.</summary>
    public static string Trigger(string name) => $"trigger {name}";

    /// <summary>The key of a view among the statements.</summary>
    public static string View(string name) => $"view {name}";

    /// <summary>Compiles everything as the application would: with "text" in double quotes accepted as a string.</summary>
    public static SchemaCompilation Compile(DatabaseConnection connection, DatabaseSchema schema, string columnName)
    {
        int count = 0;
        Dictionary<string, string> errors = new(Identifier.Comparer);
        HashSet<string> readers = new(Identifier.Comparer);
        HashSet<string> inserters = new(Identifier.Comparer);
        HashSet<(string Statement, string Table)> tables = [];
        string current = "";
        string? innermost = null;
        using (connection.Settings.AllowDoubleQuotedStrings())
        {
            connection.Compiler.Observe(
                () =>
                {
                    foreach ((string name, string sql) in AllStatements(connection, schema))
                    {
                        count++;
                        current = name;
                        innermost = null;
                        // A view that has no trigger for one of the three cannot be written in that way, and never could.
                        if (connection.Compiler.Error(sql) is { } message &&
                            !message.StartsWith("cannot modify ", StringComparison.Ordinal))
                        {
                            errors[name] = innermost is null ? message : $"{message}, in {innermost}";
                        }
                    }
                },
                (action, first, second, within) =>
                {
                    if (first is not null && action is raw.SQLITE_READ or raw.SQLITE_INSERT or raw.SQLITE_UPDATE or raw.SQLITE_DELETE)
                    {
                        tables.Add((current, first!));
                        tables.Add((Trigger(within ?? ""), first!));
                    }

                    if (within is null)
                    {
                        return;
                    }

                    innermost = within;
                    if (action == raw.SQLITE_READ && second is not null && Identifier.Comparer.Equals(second, columnName))
                    {
                        readers.Add(within);
                    }
                    else if (action == raw.SQLITE_INSERT)
                    {
                        inserters.Add(within);
                    }
                });
            inserters.IntersectWith(readers);
            inserters.RemoveWhere(name =>
                schema.Objects.FirstOrDefault(o => o.Type == "trigger" && o.Name == name)?.Sql is { } sql &&
                TriggerInserts.AreAligned(connection, sql, columnName));
        }

        return new SchemaCompilation(
            count,
            errors,
            readers,
            inserters,
            tables.ToLookup(t => t.Statement, t => t.Table, Identifier.Comparer));
    }

    private static IEnumerable<(string Name, string Sql)> AllStatements(DatabaseConnection connection, DatabaseSchema schema)
    {
        HashSet<string> withTriggers = new(schema.Objects.Where(o => o.Type == "trigger").Select(o => o.Table), Identifier.Comparer);
        foreach (string view in schema.Views)
        {
            string select = $"SELECT * FROM main.{Identifier.Quote(view)}";
            yield return (View(view), select);

            // INSTEAD OF triggers are compiled with the statement that they replace, which needs the names of the view's columns.
            if (withTriggers.Contains(view) && connection.Compiler.Error(select) is null)
            {
                List<string> columns =
                [
                    .. connection.Query("SELECT name FROM pragma_table_xinfo(?1, 'main')", static row => row.GetString(0), view),
                ];
                foreach ((string, string) statement in Writing(view, columns))
                {
                    yield return statement;
                }
            }
        }

        foreach (TableSchema table in schema.Tables.Where(t => t.Kind == TableKind.Table))
        {
            foreach (
                (string, string) statement in Writing(
                    table.Name,
                    table.Columns.Where(c => c.Visibility == ColumnVisibility.Ordinary).Select(c => c.Name)))
            {
                yield return statement;
            }
        }
    }

    private static IEnumerable<(string Name, string Sql)> Writing(string name, IEnumerable<string> columnNames)
    {
        string quoted = "main." + Identifier.Quote(name);
        List<string> columns = [.. columnNames.Select(Identifier.Quote)];
        yield return (
            $"INSERT into {name}",
            $"INSERT INTO {quoted} ({string.Join(", ", columns)}) VALUES ({string.Join(", ", columns.Select(_ => "NULL"))})");
        yield return ($"UPDATE of {name}", $"UPDATE {quoted} SET {string.Join(", ", columns.Select(c => c + " = NULL"))}");
        yield return ($"DELETE from {name}", $"DELETE FROM {quoted}");
    }
}
