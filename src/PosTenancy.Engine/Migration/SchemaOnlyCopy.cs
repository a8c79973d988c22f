using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Migration;

/// <summary>A database in memory with the schema of another one and no rows.</summary>
/// <param name="Schema">The schema, as SQLite reads it there.</param>
/// <param name="Compilation">What compiles in it.</param>
/// <param name="Enforced">What compiles with enforcement of foreign keys.</param>
/// <param name="Errors">Tables that could not be made, or not with all of their indexes, and why.</param>
internal sealed record SchemaOnlyCopy(
    DatabaseSchema Schema,
    SchemaCompilation Compilation,
    SchemaCompilation Enforced,
    IReadOnlyDictionary<string, string> Errors)
{
    /// <summary>Makes it, with some tables as they will be.</summary>
    public static SchemaOnlyCopy Make(
        DatabaseConnection connection,
        DatabaseSchema original,
        IReadOnlyCollection<TablePlan> changed,
        string columnName)
    {
        Dictionary<string, string> errors = new(Identifier.Comparer);
        Dictionary<string, TablePlan> changes = changed.ToDictionary(t => t.Table, Identifier.Comparer);
        HashSet<string> shadows = new(
            original.Tables.Where(t => t.Kind is TableKind.Shadow or TableKind.System).Select(t => t.Name),
            Identifier.Comparer);
        using (connection.Settings.AllowDoubleQuotedStrings())
        {
            connection.Execute("BEGIN");

            // Indexes after all tables, and so on: a hand-edited schema may have them in any order.
            foreach (SchemaObject o in original.Objects.Where(o => o.Sql is not null && !shadows.Contains(o.Table)).OrderBy(Rank))
            {
                bool isChanged = changes.TryGetValue(o.Table, out TablePlan? plan) && o.Type is "table" or "index";
                foreach (string sql in !isChanged ? [o.Sql!] : o.Type == "table" ? plan!.After : [])
                {
                    if (TryCreate(connection, sql) is { } error)
                    {
                        errors[o.Table] = error;
                    }
                }
            }

            connection.Execute("COMMIT");
        }

        DatabaseSchema schema = SchemaReader.Read(connection);
        SchemaCompilation compilation = SchemaCompilation.Compile(connection, schema, columnName);

        // As an application that enforces its foreign keys: one that finds no key any more does not compile then.
        connection.Execute("PRAGMA foreign_keys = ON");
        return new SchemaOnlyCopy(schema, compilation, SchemaCompilation.Compile(connection, schema, columnName), errors);
    }

    private static int Rank(SchemaObject o) => o.Type switch
    {
        "table" => 0,
        "index" => 1,
        "view" => 2,
        _ => 3,
    };

    private static string? TryCreate(DatabaseConnection connection, string sql)
    {
        try
        {
            connection.Execute(sql);
            return null;
        }
        catch (PosTenancyException exception) when (exception.ErrorId == ErrorIds.SqliteError)
        {
            return exception.Cause;
        }
    }
}
