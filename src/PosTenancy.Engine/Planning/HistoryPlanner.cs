using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Planning;

/// <summary>Decides in which table and columns a migration is recorded. Pure: touches no file.</summary>
internal static class HistoryPlanner
{
    public static HistoryPlan Plan(DatabaseSchema schema, MigrationOptions options)
    {
        string wanted = options.HistoryTable ?? HistoryPlan.OwnTable;
        TableSchema? table = schema.FindTable(wanted);
        if (table is null)
        {
            SchemaObject? other = schema.Objects.FirstOrDefault(o => Identifier.Comparer.Equals(o.Name, wanted));
            return (other, options.HistoryTable) switch
            {
                ({ } taken, _) => new HistoryPlan(wanted, $"it is {(taken.Type == "index" ? "an" : "a")} {taken.Type}, not a table"),
                (null, null) => new HistoryPlan(wanted, Problem: null) { IsNew = true },
                _ => new HistoryPlan(wanted, "there is no such table"),
            };
        }

        HistoryPlan plan = new(table.Name, CannotBeWritten(table)) { IsListed = true };
        if (plan.Problem is not null || options.HistoryTable is null)
        {
            return plan with { Problem = plan.Problem ?? OwnHistory.Problem(table) };
        }

        List<HistoryColumn> columns = [.. table.Columns.Select(c => Column(table, c)).OfType<HistoryColumn>()];
        return plan with { Columns = columns, Problem = Problem(table, columns, options) };
    }

    private static string? CannotBeWritten(TableSchema table) => table switch
    {
        { Kind: not TableKind.Table } => "it is not an ordinary table",
        { Unreadable: { } why } => $"it cannot be read without the application: {why}",
        _ => null,
    };

    private static HistoryColumn? Column(TableSchema table, ColumnSchema column)
    {
        if (HistoryRoles.Find(column) is not { } role)
        {
            return null;
        }

        // SQLite assigns a rowid, and a time that the table itself computes is in the right form.
        bool isLeftToSqlite = table.IsRowId(column) || (role == HistoryRole.Time && column.DefaultSql is { } value && IsComputed(value));
        return isLeftToSqlite
            ? null
            : new HistoryColumn(
                column.Name,
                role,
                ColumnAffinities.FromDeclaredType(column.Type),
                column.Type.IndexOf("BLOB", StringComparison.OrdinalIgnoreCase) >= 0,
                table.Indexes.Any(i =>
                    i is { IsUnique: true, Keys.Count: 1 } && i.Keys[0].Column is { } key && Identifier.Comparer.Equals(key, column.Name)));
    }

    private static string? Problem(TableSchema table, List<HistoryColumn> columns, MigrationOptions options)
    {
        if (table.FindColumn(options.ColumnName) is { } tenant)
        {
            return $"it has the tenant column '{tenant.Name}', so it is a business table";
        }

        if (table.Columns.FirstOrDefault(c => table.NeedsValue(c) && columns.All(known => known.Name != c.Name)) is { } unknown)
        {
            return $"its column '{unknown.Name}' ({(unknown.Type.Length == 0 ? "no type" : unknown.Type)}) requires a value, and " +
                "neither its name nor its type tells which";
        }

        // Tools that store only a version remember only the last migration: a second row would carry no information.
        bool tells = table.Columns.Any(c => HistoryRoles.Find(c) is HistoryRole.Name or HistoryRole.Time) ||
            columns.Any(c => c is { Role: HistoryRole.Version, Affinity: ColumnAffinity.Text });
        return tells ? null : "it has no column for what was done, or when";
    }

    private static bool IsComputed(string defaultSql) =>
        defaultSql.IndexOf('(') >= 0 || defaultSql.StartsWith("CURRENT_", StringComparison.OrdinalIgnoreCase);
}
