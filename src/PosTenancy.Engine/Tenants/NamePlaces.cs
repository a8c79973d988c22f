using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Tenants;

/// <summary>Where a database keeps the name of a tenant as such, and what a rename makes of its schema.</summary>
/// <param name="Layout">The tables of the database.</param>
/// <param name="Registry">The application's list of tenants, and its column for their names, whether the tenant is listed or not;
/// <see langword="null"/> if there is none.</param>
/// <param name="IsRegistered">Whether the tenant is listed there.</param>
/// <param name="Defaults">The tables whose tenant column has the tenant as its DEFAULT.</param>
internal sealed record NamePlaces(
    TenantLayout Layout, TenantRegistry? Registry, bool IsRegistered, IReadOnlyList<NamedDefault> Defaults)
{
    /// <summary>The list that a rename changes; <see langword="null"/> if there is none.</summary>
    public (TableSchema Table, string Column)? Listed => IsRegistered ? (Registry!.Table, Registry.Column) : null;

    /// <summary>Finds the places.</summary>
    /// <param name="connection">The database, as it is before the rename.</param>
    /// <param name="layout">Its tables.</param>
    /// <param name="tenantId">The tenant.</param>
    public static NamePlaces Find(DatabaseConnection connection, TenantLayout layout, string tenantId)
    {
        TenantRegistry? registry = TenantRegistry.Read(connection, layout.Schema, layout.ColumnName, [tenantId]);
        return new NamePlaces(
            layout,
            registry,
            registry?.Tenants.Contains(tenantId) == true,
            [.. DefaultsOf(connection, layout, tenantId)]);
    }

    /// <summary>The tables whose tenant column has a tenant as its DEFAULT, however that is written.</summary>
    public static IEnumerable<NamedDefault> DefaultsOf(DatabaseConnection connection, TenantLayout layout, string tenantId) =>
        from table in layout.Tables
        let column = table.FindColumn(layout.ColumnName)!
        where column.DefaultSql is not null && TenantRows.DefaultOf(connection, table, column).Text == tenantId
        select new NamedDefault(table, Statement(layout.Schema, table.Name));

    /// <summary>Whether a rename changes the values of a column.</summary>
    public bool Has(TableSchema table, string column) =>
        (Layout.Tables.Contains(table) && Identifier.Comparer.Equals(column, Layout.ColumnName)) ||
        (IsRegistered && Registry!.Table == table && Identifier.Comparer.Equals(column, Registry.Column));

    /// <summary>The statement of a table.</summary>
    public static string Statement(DatabaseSchema schema, string table) =>
        schema.Objects.First(o => o.Type == "table" && Identifier.Comparer.Equals(o.Name, table)).Sql!;

    /// <summary>The statements of the tables that name the tenant in their DEFAULT, with another name.</summary>
    public IReadOnlyDictionary<string, string> Statements(string newName) => Defaults
        .ToDictionary(d => d.Table.Name, d => d.With(Layout.ColumnName, newName), Identifier.Comparer);
}

/// <summary>A table whose tenant column has a tenant as its DEFAULT.</summary>
/// <param name="Table">The table.</param>
/// <param name="Sql">Its statement.</param>
internal sealed record NamedDefault(TableSchema Table, string Sql)
{
    /// <summary>The value in the statement, as it is written; <see langword="null"/> if the statement cannot be parsed.</summary>
    public TextSpan? Value(string columnName)
    {
        if (TableDefinitionReader.Read(Sql) is not { } definition ||
            definition.FindColumn(columnName)?.Constraints.LastOrDefault(c => c.Kind == ConstraintKind.Default) is not { } constraint)
        {
            return null;
        }

        SqlText sql = definition.Sql;
        int keyword = sql.Places.First(p => sql.Tokens[p].Start >= Math.Max(constraint.Span.Start, constraint.Title.End));
        return new TextSpan(sql.Tokens[keyword + 1].Start, constraint.Span.End);
    }

    /// <summary>The statement with another tenant; every other character stays.</summary>
    public string With(string columnName, string newName)
    {
        TextEdits edits = new(Sql);
        edits.Replace(Value(columnName)!.Value, Identifier.Literal(newName));
        return edits.Apply();
    }
}
