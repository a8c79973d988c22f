using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Planning;

/// <summary>
/// The proof of a rebuild, as one statement that gives 1 or 0: the copy has each row of the table and no other, under the same rowid or
/// primary key, with the same value in the same storage class in every column. SQLite joins the two in the order of their keys, so that
/// nothing is held in memory.
/// </summary>
internal sealed class RowComparison(TableChange change, MigrationOptions options, string copy)
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
            conditions.Add($"n.{Identifier.Quote(options.ColumnName)} = {Identifier.Literal(options.TenantId)}");
        }

        return $"SELECT (SELECT count(*) FROM {_copy}) = (SELECT count(*) FROM {_table}) AND " +
            $"(SELECT count(*) FROM {_table} AS o JOIN {_copy} AS n ON {Join()} WHERE {All(conditions, 0, conditions.Count)}) = (SELECT count(*) FROM {_table})";
    }

    private string Join()
    {
        if (!change.Table.IsWithoutRowId)
        {
            string rowId =
                TableStatements.RowIdName(change.Table) ?? Identifier.Quote(change.Table.Columns.First(c => c.PrimaryKeyPosition > 0).Name);
            return $"n.{rowId} = o.{rowId}";
        }

        // The tenant too: where it is in front of the key now, the key alone would be searched for from end to end.
        IEnumerable<string> key = change
            .Table.Columns.Where(c => c.PrimaryKeyPosition > 0 && !IsTenant(c))
            .Select(c => $"n.{Identifier.Quote(c.Name)} = o.{Identifier.Quote(c.Name)}");
        string tenant = Identifier.Quote(options.ColumnName);
        return string.Join(
            " AND ",
            key.Append($"n.{tenant} = {(change.AddsColumn ? Identifier.Literal(options.TenantId) : OldTenant(tenant))}"));
    }

    /// <summary>
    /// IS compares bytes here, whatever collation the column has, but takes 1 and 1.0 for the same: hence the storage class.
    /// </summary>
    private string Same(ColumnSchema column)
    {
        string name = Identifier.Quote(column.Name);
        return change.FixesColumn && IsTenant(column)
            ? $"n.{name} = {OldTenant(name)} COLLATE BINARY"
            : $"typeof(o.{name}) = typeof(n.{name}) AND o.{name} IS n.{name} COLLATE BINARY";
    }

    /// <summary>As a text, which it may not have been.</summary>
    private string OldTenant(string name) => $"CAST(coalesce(o.{name}, {Identifier.Literal(options.TenantId)}) AS TEXT)";

    private bool IsTenant(ColumnSchema column) => Identifier.Comparer.Equals(column.Name, options.ColumnName);

    /// <summary>AND as a balanced tree: SQLite's expressions may be 1,000 deep, and a table may have 2,000 columns.</summary>
    private static string All(List<string> conditions, int start, int count) => count == 1
        ? conditions[start]
        : $"({All(conditions, start, count / 2)} AND {All(conditions, start + (count / 2), count - (count / 2))})";
}
