using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Planning;

/// <summary>
/// The proof of a rebuild, as one statement that returns 1 or 0: the copy has each row of the table and no other, under the same rowid or
/// primary key, with the same value in the same storage class in every column. SQLite joins the two in key order, so nothing is held in
/// memory.
/// </summary>
internal sealed class RowComparison(TableChange change, MigrationOptions options, string copy, RowOwners? owners)
{
    private readonly string _table = Identifier.Quote(change.Table.Name);
    private readonly string _copy = Identifier.Quote(copy);

    public string Sql()
    {
        List<string> conditions =
        [
            .. change.Table.Columns.Where(c => c.Visibility == ColumnVisibility.Ordinary).Select(Same),
        ];
        if (change.AddsColumn)
        {
            conditions.Add($"n.{Identifier.Quote(options.ColumnName)} = {Owner} COLLATE BINARY");
        }

        return $"SELECT (SELECT count(*) FROM {_copy}) = (SELECT count(*) FROM {_table}) AND " +
            $"(SELECT count(*) FROM {_table} AS o JOIN {_copy} AS n ON {Join()} WHERE {All(conditions, 0, conditions.Count)}) = (SELECT " +
            $"count(*) FROM {_table})";
    }

    private string Join()
    {
        if (!change.Table.IsWithoutRowId)
        {
            string rowId =
                TableStatements.RowIdName(change.Table) ?? Identifier.Quote(change.Table.Columns.First(c => c.PrimaryKeyPosition > 0).Name);
            return $"n.{rowId} = o.{rowId}";
        }

        // Include the tenant: if it now leads the key, a search for the rest of the key alone would be a full scan.
        IEnumerable<string> key = change
            .Table.Columns.Where(c => c.PrimaryKeyPosition > 0 && !IsTenant(c))
            .Select(c => $"n.{Identifier.Quote(c.Name)} = o.{Identifier.Quote(c.Name)}");
        string tenant = Identifier.Quote(options.ColumnName);
        return string.Join(
            " AND ",
            key.Append($"n.{tenant} = {(change.AddsColumn ? Owner : OldTenant(tenant))}"));
    }

    /// <summary>
    /// IS compares bytes here, whatever the column's collation, but treats 1 and 1.0 as equal: hence the storage class.
    /// </summary>
    private string Same(ColumnSchema column)
    {
        string name = Identifier.Quote(column.Name);
        return change.FixesColumn && IsTenant(column)
            ? $"n.{name} = {OldTenant(name)} COLLATE BINARY"
            : $"typeof(o.{name}) = typeof(n.{name}) AND o.{name} IS n.{name} COLLATE BINARY";
    }

    /// <summary>The old tenant cast to TEXT, which it may not have been.</summary>
    private string OldTenant(string name) => $"CAST(coalesce(o.{name}, {Owner}) AS TEXT)";

    /// <summary>The tenant of a row that has none yet.</summary>
    private string Owner => owners?.Expression("o") ?? Identifier.Literal(options.TenantId);

    private bool IsTenant(ColumnSchema column) => Identifier.Comparer.Equals(column.Name, options.ColumnName);

    /// <summary>AND as a balanced tree: SQLite limits the depth of an expression to 1,000, and a table may have 2,000 columns.</summary>
    private static string All(List<string> conditions, int start, int count) => count == 1
        ? conditions[start]
        : $"({All(conditions, start, count / 2)} AND {All(conditions, start + (count / 2), count - (count / 2))})";
}
