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
        else if (column.DefaultSql is null && faults.Count > 0)
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

    /// <summary>In a DEFAULT double quotes also delimit a string, and hand-written scripts use them.</summary>
    private static bool HasDefault(ColumnSchema column, MigrationOptions options, ISet<string> tenants) =>
        options.AcceptsAnyTenant ||
        column.DefaultSql is not { } text ||
        text == Identifier.Literal(options.TenantId) ||
        text == Identifier.Quote(options.TenantId) ||
        (text.Length > 2 && text[0] is '\'' or '"' && tenants.Contains(
            text.Substring(1, text.Length - 2).Replace(new string(text[0], 2), text.Substring(0, 1))));

    private static string Type(TableSchema table) => table.IsStrict ? "TEXT" : "VARCHAR(255)";

    private static string NotNull(MigrationOptions options) => $"NOT NULL DEFAULT {Identifier.Literal(options.TenantId)}";

    private static bool IsNotNull(ColumnSchema column, TableSchema table) =>
        column.IsNotNull || (table.IsWithoutRowId && column.PrimaryKeyPosition > 0);

    /// <summary>Whether the column keeps a text as text; a numeric column would convert a tenant such as "42" to a number.</summary>
    private static bool HoldsText(ColumnSchema column, TableSchema table) =>
        ColumnAffinities.FromDeclaredType(column.Type) is ColumnAffinity.Text or ColumnAffinity.None ||
        (table.IsStrict && column.Type.Equals("ANY", StringComparison.OrdinalIgnoreCase));
}
