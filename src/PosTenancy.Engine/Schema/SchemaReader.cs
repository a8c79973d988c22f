using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Schema;

/// <summary>Reads a <see cref="DatabaseSchema"/> through SQLite's pragmas, never from the text of a CREATE statement.</summary>
internal static class SchemaReader
{
    /// <summary>Reads the whole schema and counts the rows of every table that PosTenancy reads.</summary>
    /// <param name="connection">The database.</param>
    /// <param name="countRows">Whether to count rows, which reads an index of each table from end to end.</param>
    public static DatabaseSchema Read(DatabaseConnection connection, bool countRows = true)
    {
        ILookup<string, ColumnSchema> columns = ReadColumns(connection);
        ILookup<string, IndexSchema> indexes = ReadIndexes(connection);
        ILookup<string, ForeignKeySchema> foreignKeys = ReadForeignKeys(connection);
        List<SchemaObject> objects =
        [
            .. connection.Query(
                "SELECT type, name, tbl_name, sql FROM main.sqlite_schema ORDER BY rowid",
                row => new SchemaObject(Text(row, 0), Text(row, 1), Text(row, 2), row.GetStringOrNull(3))),
        ];
        string Text(Row row, int column) =>
            row.GetStringOrNull(column)
            ?? throw Errors.DatabaseCorrupt(connection.Path, "a schema entry has no name or no type");
        RequireDistinct(connection.Path, objects.Where(o => o.Type != "trigger"));
        RequireDistinct(connection.Path, objects.Where(o => o.Type == "trigger"));
        List<string> created = objects.Where(o => o.Type == "table").Select(o => o.Name).ToList();
        Dictionary<string, int> order = new(Identifier.Comparer);
        for (int i = 0; i < created.Count; i++)
        {
            order[created[i]] = i;
        }

        List<TableSchema> tables = [];
        foreach (
            (string name, TableKind kind, bool withoutRowId, bool strict) in ReadTables(connection)
                .OrderBy(t => order.TryGetValue(t.Name, out int place) ? place : int.MaxValue))
        {
            (long? rows, string? unreadable) = countRows && kind == TableKind.Table ? CountRows(connection, name) : (null, null);
            tables.Add(new TableSchema(
                name, kind, withoutRowId, strict, rows, unreadable, [.. columns[name]], [.. indexes[name]], [.. foreignKeys[name]]));
        }

        return new DatabaseSchema(
            connection.Path,
            (int)connection.Scalar("PRAGMA main.page_size"),
            tables,
            objects);
    }

    /// <summary>Reads one table without counting its rows; <see langword="null"/> if it does not exist.</summary>
    public static TableSchema? FindTable(DatabaseConnection connection, string table)
    {
        (string name, TableKind kind, bool withoutRowId, bool strict) = ReadTables(connection)
            .FirstOrDefault(t => Identifier.Comparer.Equals(t.Name, table));
        return name is null
            ? null
            : new TableSchema(
                name,
                kind,
                withoutRowId,
                strict,
                Rows: null,
                Unreadable: null,
                [.. ReadColumns(connection)[name]],
                [.. ReadIndexes(connection)[name]],
                []);
    }

    /// <summary>
    /// SQLite goes by the SQL text of an entry, not by its name, and names need not be valid UTF-8. PosTenancy goes by names: of two that
    /// decode
    /// to the same text, one table would be read twice and the other never.
    /// </summary>
    private static void RequireDistinct(string path, IEnumerable<SchemaObject> objects)
    {
        HashSet<string> names = new(Identifier.Comparer);
        foreach (SchemaObject o in objects)
        {
            if (!names.Add(o.Name))
            {
                throw Errors.DatabaseCorrupt(path, $"its schema has two entries whose names both read '{o.Name}'");
            }
        }
    }

    private static (long? Rows, string? Unreadable) CountRows(DatabaseConnection connection, string table)
    {
        string sql = $"SELECT count(*) FROM main.{Identifier.Quote(table)}";
        try
        {
            return (connection.Scalar(sql), null);
        }
        catch (PosTenancyException exception) when (exception.ErrorId == ErrorIds.SqliteError)
        {
            // SQLite counts in the smallest index, which may need a collation that only the application defines. The table itself needs
            // none, unless
            // it is its own index (WITHOUT ROWID).
            sql += " NOT INDEXED";
            return connection.Compiler.Error(sql) is { } error ? (null, error) : (connection.Scalar(sql), null);
        }
    }

    private static List<(string Name, TableKind Kind, bool WithoutRowId, bool Strict)> ReadTables(DatabaseConnection connection)
    {
        List<(string Name, TableKind Kind, bool WithoutRowId, bool Strict)> tables =
        [
            .. connection.Query(
                """
                SELECT l.name, l.type, l.wr, l.strict
                FROM pragma_table_list AS l
                WHERE l.schema = 'main' AND l.type <> 'view' AND l.name NOT IN ('sqlite_schema', 'sqlite_temp_schema')
                """,
                static row => (row.GetString(0), Kind(row.GetString(0), row.GetString(1)), row.GetInt64(2) != 0, row.GetInt64(3) != 0)),
        ];

        // Only the module knows which tables store a virtual table's data. If the module is missing, their names are the only clue.
        List<string> unknown =
        [
            .. tables
                .Where(t =>
                    t.Kind == TableKind.Virtual && connection.Compiler.Error($"SELECT * FROM main.{Identifier.Quote(t.Name)}") is not null)
                .Select(t => t.Name + "_"),
        ];
        return unknown.Count == 0
            ? tables
            : tables.ConvertAll(t =>
                t.Kind == TableKind.Table && unknown.Exists(v => t.Name.StartsWith(v, StringComparison.OrdinalIgnoreCase))
                    ? (t.Name, TableKind.Shadow, t.WithoutRowId, t.Strict)
                    : t);
    }

    private static TableKind Kind(string name, string type) => type switch
    {
        "virtual" => TableKind.Virtual,
        "shadow" => TableKind.Shadow,
        _ => name.StartsWith("sqlite_", StringComparison.OrdinalIgnoreCase) ? TableKind.System : TableKind.Table,
    };

    private static ILookup<string, ColumnSchema> ReadColumns(DatabaseConnection connection) =>
        connection.Query(
            """
            SELECT l.name, c.name, c.type, c."notnull", c.dflt_value, c.pk, c.hidden
            FROM pragma_table_list AS l JOIN pragma_table_xinfo(l.name, 'main') AS c
            WHERE l.schema = 'main' AND l.type IN ('table', 'shadow')
            ORDER BY l.name, c.cid
            """,
            row => (Table: row.GetString(0), Column: new ColumnSchema(
                row.GetString(1),
                row.GetString(2),
                row.GetInt64(3) != 0,
                row.GetStringOrNull(4),
                (int)row.GetInt64(5),
                (ColumnVisibility)row.GetInt64(6),
                connection.Compiler.Collation(row.GetString(0), row.GetString(1)))))
        .ToLookup(c => c.Table, c => c.Column, StringComparer.Ordinal);

    private static ILookup<string, IndexSchema> ReadIndexes(DatabaseConnection connection) =>
        connection
            .Query(
                """
                SELECT l.name, i.name, i."unique", i.origin, i.partial, x.name, x."desc", x.coll
                FROM pragma_table_list AS l JOIN pragma_index_list(l.name, 'main') AS i JOIN pragma_index_xinfo(i.name, 'main') AS x
                WHERE l.schema = 'main' AND l.type IN ('table', 'shadow') AND x.key
                ORDER BY l.name, i.seq, x.seqno
                """,
                static row =>
                    (
                        Table: row.GetString(0),
                        Name: row.GetString(1),
                        Unique: row.GetInt64(2) != 0,
                        Origin: row.GetString(3),
                        Partial: row.GetInt64(4) != 0,
                        Key: new IndexKey(row.GetStringOrNull(5), row.GetInt64(6) != 0, row.GetString(7))))
            .GroupBy(x => (x.Table, x.Name, x.Unique, x.Origin, x.Partial), x => x.Key)
            .ToLookup(
                g => g.Key.Table,
                g => new IndexSchema(g.Key.Name, g.Key.Unique, g.Key.Origin, g.Key.Partial, [.. g]),
                StringComparer.Ordinal);

    private static ILookup<string, ForeignKeySchema> ReadForeignKeys(DatabaseConnection connection) =>
        connection
            .Query(
                """
                SELECT l.name, f.id, f."table", f."from", f."to", f.on_update, f.on_delete
                FROM pragma_table_list AS l JOIN pragma_foreign_key_list(l.name, 'main') AS f
                WHERE l.schema = 'main' AND l.type = 'table'
                ORDER BY l.name, f.id, f.seq
                """,
                static row =>
                    (
                        Table: row.GetString(0),
                        Id: row.GetInt64(1),
                        Parent: row.GetString(2),
                        Child: row.GetString(3),
                        To: row.GetStringOrNull(4),
                        OnUpdate: row.GetString(5),
                        OnDelete: row.GetString(6)))
            .GroupBy(f => (f.Table, f.Id, f.Parent, f.OnUpdate, f.OnDelete), f => (f.Child, f.To))
            .ToLookup(
                g => g.Key.Table,
                g => new ForeignKeySchema(g.Key.Parent, [.. g], g.Key.OnUpdate, g.Key.OnDelete),
                StringComparer.Ordinal);
}
