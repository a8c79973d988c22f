using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Planning;

/// <summary>The declaration of the tenant column, and the deficiencies of an existing one.</summary>
internal static class TenantColumn
{
    /// <summary>Type and constraints of a new column.</summary>
    public static string Sql(TableSchema table, MigrationOptions options) => $"{Type(table)} {NotNull(options)}";

    /// <summary>The name of an index on the tenant alone, if it is free.</summary>
    public static string IndexName(TableSchema table, MigrationOptions options) => $"idx_{table.Name}_{options.ColumnName}";

    /// <summary>Whether a column can hold the tenant unchanged: a text, never NULL, with the tenant as its default.</summary>
    public static bool IsComplete(ColumnSchema column, TableSchema table, MigrationOptions options) =>
        IsNotNull(column, table) && HoldsText(column, table) && HasDefault(column, options);

    /// <summary>The deficiencies of an existing column, as readable text.</summary>
    public static string Lacks(ColumnSchema column, TableSchema table, MigrationOptions options)
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

        if (!HasDefault(column, options))
        {
            faults.Add(column.DefaultSql is { } other ? $"has the default {other}" : "has no default");
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

    /// <summary>In a DEFAULT double quotes also delimit a string, and hand-written scripts use them.</summary>
    private static bool HasDefault(ColumnSchema column, MigrationOptions options) =>
        options.AcceptsAnyTenant ||
        column.DefaultSql == Identifier.Literal(options.TenantId) ||
        column.DefaultSql == Identifier.Quote(options.TenantId);

    private static string Type(TableSchema table) => table.IsStrict ? "TEXT" : "VARCHAR(255)";

    private static string NotNull(MigrationOptions options) => $"NOT NULL DEFAULT {Identifier.Literal(options.TenantId)}";

    private static bool IsNotNull(ColumnSchema column, TableSchema table) =>
        column.IsNotNull || (table.IsWithoutRowId && column.PrimaryKeyPosition > 0);

    /// <summary>Whether the column keeps a text as text; a numeric column would convert a tenant such as "42" to a number.</summary>
    private static bool HoldsText(ColumnSchema column, TableSchema table) =>
        ColumnAffinities.FromDeclaredType(column.Type) is ColumnAffinity.Text or ColumnAffinity.None ||
        (table.IsStrict && column.Type.Equals("ANY", StringComparison.OrdinalIgnoreCase));
}
