using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Verification;

/// <summary>A row and the row that it references belong to the same tenant. <c>foreign_key_check</c> does not test this.</summary>
internal sealed class TenantReferencesConsistent : IntegrityCheck
{
    public override string Name => nameof(TenantReferencesConsistent);

    public override string Title => "References within a tenant";

    public override string? Risk => "Rows that reference another tenant's";

    public override string Expected(CheckContext context) => "0 rows that reference a row of another tenant";

    public override CheckFinding Measure(CheckContext context)
    {
        Dictionary<string, (TableSchema Table, ColumnSchema Column)> tenants =
            context.TenantColumns.ToDictionary(t => t.Table.Name, Identifier.Comparer);
        HashSet<string> business = new(context.Tables.Select(t => t.Name), Identifier.Comparer);
        List<string> crossing = [];
        List<string> unread =
        [
            .. context
                .Tables.Where(t => !tenants.ContainsKey(t.Name) && t.ForeignKeys.Count > 0)
                .Select(t => $"{t.Name}: no tenant column to check"),
        ];
        int followed = 0;
        long rows = 0;
        foreach ((TableSchema child, ColumnSchema column) in tenants.Values)
        {
            // A reference to a table that belongs to no tenant (the registry, an excluded one) cannot lead to another tenant's row.
            foreach (ForeignKeySchema key in child.ForeignKeys.Where(k => business.Contains(k.Parent)))
            {
                if (!tenants.TryGetValue(key.Parent, out (TableSchema Table, ColumnSchema Column) parent))
                {
                    unread.Add($"{child.Name} to {key.Parent}: no tenant column to check");
                    continue;
                }

                try
                {
                    followed++;
                    (long count, string first) = Crossing(context.Connection, child, column, parent.Table, parent.Column, key);
                    rows += count;
                    if (count > 0)
                    {
                        crossing.Add($"{child.Name} to {key.Parent}: {count}, the first {first}");
                    }
                }
                catch (PosTenancyException exception) when (exception.ErrorId == ErrorIds.SqliteError)
                {
                    unread.Add($"{child.Name} to {key.Parent}: {exception.Cause}");
                }
            }
        }

        string actual = $"{rows} rows across {followed} foreign keys";
        return (crossing.Count, unread.Count) switch
        {
            ( > 0, _) => new CheckFinding(CheckStatus.Failed, actual, List(crossing)),
            (_, > 0) => new CheckFinding(CheckStatus.NotChecked, actual, List(unread)),
            _ => new CheckFinding(CheckStatus.Passed, actual),
        };
    }

    private static (long Count, string First) Crossing(
        DatabaseConnection connection,
        TableSchema child,
        ColumnSchema childTenant,
        TableSchema parent,
        ColumnSchema parentTenant,
        ForeignKeySchema key)
    {
        if (OnlyTenant(connection, child, childTenant) is { } one && one == OnlyTenant(connection, parent, parentTenant))
        {
            return (0, "");
        }

        string join = ForeignKeyJoin.On(parent, key) ?? throw Errors.SqliteError(connection.Path, "foreign key mismatch");
        string[] name = [.. RowName(child)];
        string named =
            name.Length == 1
                ? $"quote(min(c.{name[0]}))"
                : $"min({string.Join(" || ', ' || ", name.Select(c => $"quote(c.{c})").DefaultIfEmpty("''"))})";
        return connection
            .Query(
                $"SELECT count(*), coalesce({named}, '') FROM main.{Identifier.Quote(child.Name)} AS c " +
                    $"CROSS JOIN main.{Identifier.Quote(parent.Name)} AS p ON {join} " +
                    $"WHERE c.{Identifier.Quote(childTenant.Name)} COLLATE BINARY IS NOT p.{Identifier.Quote(parentTenant.Name)}",
                static row => (row.GetInt64(0), row.GetString(1)))
            .First();
    }

    private static IEnumerable<string> RowName(TableSchema table) =>
        table.IsWithoutRowId ? table.PrimaryKey.Select(Identifier.Quote)
        : TableStatements.RowIdName(table) is { } rowId ? [rowId]
        : table.Columns.Where(c => table.IsRowId(c)).Select(c => Identifier.Quote(c.Name));

    /// <summary>
    /// The tenant of all rows, if there is only one: found at both ends of the tenant index, without reading a row.
    /// </summary>
    private static string? OnlyTenant(DatabaseConnection connection, TableSchema table, ColumnSchema column)
    {
        string from = $"FROM main.{Identifier.Quote(table.Name)} AS t";
        string name = $"t.{Identifier.Quote(column.Name)}";
        if (!Identifier.Comparer.Equals(column.Collation, "BINARY"))
        {
            return null;
        }

        return connection.Query(
            $"SELECT (SELECT quote(min({name})) {from}), (SELECT quote(max({name})) {from}), EXISTS (SELECT 1 {from} WHERE {name} IS NULL)",
            static row => row.GetString(0) == row.GetString(1) && row.GetInt64(2) == 0 ? row.GetString(0) : null).First();
    }
}
