using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Planning;

/// <summary>The declaration of the tenant column, and the deficiencies of an existing one.</summary>
internal static class TenantColumn
{
    /// <summary>Type and constraints of a new column.</summary>
    public static string Sql(TableSchema table, MigrationOptions options) => $"{Type(table)} {NotNull(options)}";

    /// <summary>The name of an index on the tenant alone, if it is free.</summary>
    public static string IndexName(TableSchema table, MigrationOptions options) => $"idx_{table.Name}_{options.ColumnName}";

    /// <summary>
    /// Whether a column can hold the tenant unchanged: a text, never NULL, without a default or with the tenant as its default. In a
    /// database of several tenants the default may be any of them.
    /// </summary>
    public static bool IsComplete(ColumnSchema column, TableSchema table, MigrationOptions options, ISet<string> tenants) =>
        IsFilled(column, table) && HasDefault(column, options, tenants);

    /// <summary>Whether every row has a tenant in the column, stored as a text.</summary>
    public static bool IsFilled(ColumnSchema column, TableSchema table) => IsNotNull(column, table) && HoldsText(column, table);

    /// <summary>The deficiencies of an existing column, as readable text.</summary>
    public static string Lacks(ColumnSchema column, TableSchema table, MigrationOptions options, ISet<string> tenants)
    {
        List<string> faults = [];
        if (!IsNotNull(column, table))
        {
            faults.Add("allows NULL");
        }

        if (!HoldsText(column, table))
        {
            faults.Add($"is of type {column.Type}");
        }

        if (!HasDefault(column, options, tenants))
        {
            faults.Add($"has the default {column.DefaultSql}");
        }
        else if (column.DefaultSql is null && faults.Count > 0 && !options.WithoutDefault)
        {
            faults.Add("has no default");
        }

        return string.Join(" and ", faults);
    }

    /// <summary>Changes an existing column into one that holds the tenant; its other constraints stay.</summary>
    public static void Fix(ColumnDefinition column, TableSchema table, MigrationOptions options, string text, TextEdits edits)
    {
        ColumnSchema schema = table.FindColumn(options.ColumnName)!;
        bool keepsType = HoldsText(schema, table) && column.Type.End > column.Type.Start;
        edits.Replace(
            column.Type,
            $"{(keepsType ? column.Type.In(text) : (column.Type.End > column.Type.Start ? "" : " ") + Type(table))} {NotNull(options)}");
        foreach (
            ConstraintDefinition constraint in column.Constraints.Where(c =>
                c.Kind is ConstraintKind.NotNull or ConstraintKind.Null or ConstraintKind.Default))
        {
            edits.Remove(constraint.Span);
        }
    }

    /// <summary>Drops the default, so that an INSERT without a tenant fails; everything else stays as it is written.</summary>
    /// <returns>Whether anything had to be edited.</returns>
    public static bool Complete(ColumnDefinition column, TableSchema table, SqlText sql, TextEdits edits)
    {
        ColumnSchema schema = table.FindColumn(column.Name)!;
        bool isRequired = IsNotNull(schema, table) && !column.Constraints.Any(Ignores);
        ConstraintDefinition[] removed =
        [
            .. column.Constraints.Where(c =>
                (HasDefault(schema) && c.Kind == ConstraintKind.Default) ||
                (!isRequired && c.Kind is ConstraintKind.NotNull or ConstraintKind.Null)),
        ];
        foreach (ConstraintDefinition constraint in removed)
        {
            edits.Remove(constraint.Span);
        }

        if (!isRequired)
        {
            edits.Insert(column.Type.End, " NOT NULL");
        }

        return removed.Length > 0 || !isRequired;

        // ON CONFLICT IGNORE would leave the row out without an error.
        bool Ignores(ConstraintDefinition constraint) =>
            constraint.Kind == ConstraintKind.NotNull && EndsWith(sql, constraint, "IGNORE");
    }

    /// <summary>Whether an INSERT without a tenant gets one.</summary>
    public static bool HasDefault(ColumnSchema column) =>
        column.DefaultSql is { } text && !text.Equals("NULL", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the column replaces NULL with its default by its own conflict clause.</summary>
    public static bool ReplacesNull(string sql, string columnName) =>
        TableDefinitionReader.Read(sql) is { } definition &&
        definition.FindColumn(columnName)!.Constraints.Any(c =>
            c.Kind == ConstraintKind.NotNull && EndsWith(definition.Sql, c, "REPLACE"));

    private static bool EndsWith(SqlText sql, ConstraintDefinition constraint, string keyword) =>
        sql.Places.Any(i => sql.Tokens[i].End == constraint.Span.End && sql.Is(i, keyword));

    /// <summary>In a DEFAULT double quotes also delimit a string, and hand-written scripts use them.</summary>
    private static bool HasDefault(ColumnSchema column, MigrationOptions options, ISet<string> tenants) =>
        options.AcceptsAnyTenant ||
        column.DefaultSql is not { } text ||
        text == Identifier.Literal(options.TenantId) ||
        text == Identifier.Quote(options.TenantId) ||
        (text.Length > 2 && text[0] is '\'' or '"' && tenants.Contains(
            text.Substring(1, text.Length - 2).Replace(new string(text[0], 2), text.Substring(0, 1))));

    private static string Type(TableSchema table) => table.IsStrict ? "TEXT" : "VARCHAR(255)";

    private static string NotNull(MigrationOptions options) =>
        options.WithoutDefault ? "NOT NULL" : $"NOT NULL DEFAULT {Identifier.Literal(options.TenantId)}";

    /// <summary>Whether the column cannot be NULL.</summary>
    public static bool IsNotNull(ColumnSchema column, TableSchema table) =>
        column.IsNotNull || (table.IsWithoutRowId && column.PrimaryKeyPosition > 0);

    /// <summary>Whether the column keeps a text as text; a numeric column would convert a tenant such as "42" to a number.</summary>
    private static bool HoldsText(ColumnSchema column, TableSchema table) =>
        ColumnAffinities.FromDeclaredType(column.Type) is ColumnAffinity.Text or ColumnAffinity.None ||
        (table.IsStrict && column.Type.Equals("ANY", StringComparison.OrdinalIgnoreCase));
}
