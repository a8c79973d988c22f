using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Tenants;

/// <summary>A table in which an INSERT without a tenant does not fail, and its statement with which it does.</summary>
/// <param name="Table">The table, as it is before.</param>
/// <param name="Column">Its tenant column.</param>
/// <param name="TenantId">
/// The tenant of the DEFAULT, which is also that of rows that are older than the column; <see langword="null"/> if there is none.
/// </param>
/// <param name="Sql">Its statement now.</param>
/// <param name="NewSql">Its statement without the DEFAULT.</param>
internal sealed record CompletedTable(TableSchema Table, ColumnSchema Column, string? TenantId, string Sql, string NewSql)
{
    /// <summary>Whether the column allows NULL now.</summary>
    public bool AllowedNull => !TenantColumn.IsNotNull(Column, Table);

    /// <summary>Finds the tables to change.</summary>
    /// <param name="connection">The database.</param>
    /// <param name="layout">Its tables.</param>
    /// <exception cref="PosTenancyException">The statement of a table cannot be read, or its column would not be required.</exception>
    public static IReadOnlyList<CompletedTable> Find(DatabaseConnection connection, TenantLayout layout)
    {
        ILookup<string, SchemaObject> objects = layout.Schema.Objects.ToLookup(o => o.Table, Identifier.Comparer);
        List<CompletedTable> found = [];
        foreach (TableSchema table in layout.Tables)
        {
            ColumnSchema column = table.FindColumn(layout.ColumnName)!;
            if (table.IsRowId(column))
            {
                throw Errors.CompletionRefused(
                    connection.Path, $"the column {column.Name} of {table.Name} is its rowid, which SQLite assigns to a row without one");
            }

            TableDefinition? definition = TableDefinitionReader.Read(table, objects[table.Name]);
            if (definition is null)
            {
                if (TenantColumn.HasDefault(column) || !TenantColumn.IsNotNull(column, table))
                {
                    throw Errors.CompletionRefused(connection.Path, $"the text of the CREATE TABLE of {table.Name} cannot be parsed");
                }

                continue;
            }

            string sql = definition.Sql.Text;
            TextEdits edits = new(sql);
            if (TenantColumn.Complete(definition.FindColumn(column.Name)!, table, definition.Sql, edits))
            {
                string? tenant = TenantColumn.HasDefault(column) ? TenantRows.DefaultOf(connection, table, column).Text : null;
                found.Add(new CompletedTable(table, column, tenant, sql, edits.Apply()));
            }
        }

        return found;
    }

    /// <summary>The rows whose tenant is that of the DEFAULT, whether they store it or not.</summary>
    public TenantSlice? Slice(DatabaseConnection connection) =>
        TenantId is null ? null : new TenantSlice(connection, Column.Name, TenantId) { IsScan = true };

    /// <summary>
    /// Lets rows of the tenant store it: SQLite writes every column of a row that an UPDATE changes. A column is set to itself, if possible
    /// one that no index has, so that indexes stay as they are.
    /// </summary>
    /// <param name="connection">The database, in a transaction.</param>
    /// <param name="older">Where the rows are that do not store it; <see langword="null"/> if that is not known.</param>
    /// <returns>Number of rows that were written.</returns>
    public long StoreTenant(DatabaseConnection connection, OlderRows? older)
    {
        if (TenantId is null || older is { Rows: 0 })
        {
            return 0;
        }

        using IDisposable old = connection.Settings.IgnoreChecks();
        string? rowId = older is null ? null : RowId;
        return rowId is null
            ? connection.Change(StoreSql(), TenantId)
            : connection.Change($"{StoreSql()} AND t.{rowId} BETWEEN ?2 AND ?3", TenantId, older!.First, older.Last);
    }

    /// <summary>
    /// Why its rows cannot be written, such as a collation that only the application has; <see langword="null"/> if they can.
    /// </summary>
    public string? Problem(DatabaseConnection connection)
    {
        // Triggers, which may need the application as well, do not fire.
        using IDisposable quiet = connection.Settings.DisableTriggers();
        return TenantId is null ? null : connection.Compiler.Error(StoreSql());
    }

    private string? RowId => Table.HasRowIdKey ? Identifier.Quote(Table.PrimaryKey.Single()) : TableStatements.RowIdName(Table);

    private string StoreSql()
    {
        ColumnSchema written = Table.Columns.FirstOrDefault(c =>
            c is { Visibility: ColumnVisibility.Ordinary, PrimaryKeyPosition: 0 } &&
            Table.Indexes.All(i => !i.Columns.Contains(c.Name, Identifier.Comparer!))) ?? Column;
        string column = Identifier.Quote(written.Name);
        return $"UPDATE main.{Identifier.Quote(Table.Name)} AS t NOT INDEXED SET {column} = t.{column} " +
            $"WHERE t.{Identifier.Quote(Column.Name)} = ?1 COLLATE BINARY";
    }
}
