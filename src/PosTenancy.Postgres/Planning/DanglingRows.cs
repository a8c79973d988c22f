using System.Globalization;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Text;
using PosTenancy.Postgres.Values;

namespace PosTenancy.Postgres.Planning;

/// <summary>Rows that reference nothing. SQLite enforces foreign keys only where the application asks for it.</summary>
internal static class DanglingRows
{
    /// <summary>How many there are, with the first of them; <see langword="null"/> if there are none.</summary>
    public static string? Find(
        CopySlice slice,
        TargetTable child,
        TargetTable parent,
        IReadOnlyList<(string Child, string Parent)> pairs,
        Func<string, bool> isTenant)
    {
        string tenant = Identifier.Quote(slice.Layout.ColumnName);
        string place = TableStatements.RowIdName(child.Source) ?? child.Source.Columns.FirstOrDefault(child.Source.IsRowId)?.Name ?? "";
        bool isOfTenants = !child.IsShared && !parent.IsShared;
        string[] match =
        [
            // PostgreSQL compares bytes, whatever collation the parent's key has in SQLite.
            .. pairs.Select(p => $"p.{Identifier.Quote(p.Parent)} = c.{Identifier.Quote(p.Child)} COLLATE BINARY"),
            .. isOfTenants && !pairs.Any(p => isTenant(p.Child)) ? [$"p.{tenant} = c.{tenant}"] : (string[])[],
        ];
        string condition =
            $"FROM main.{Identifier.Quote(child.Name)} AS c WHERE " +
            string.Join(" AND ", pairs.Select(p => $"c.{Identifier.Quote(p.Child)} IS NOT NULL")) +
            (child.IsShared || slice.IsWhole ? "" : $" AND c.{tenant} IN (" + string.Join(
                ", ", slice.TenantIds.Select((_, i) => "?" + (i + 1).ToString(CultureInfo.InvariantCulture))) + ")") +
            $" AND NOT EXISTS (SELECT 1 FROM main.{Identifier.Quote(parent.Name)} AS p WHERE {string.Join(" AND ", match)})";
        string first = place.Length == 0 ? "NULL" : $"min(c.{Identifier.Quote(place)})";
        (long count, long? rowId) = slice.Connection.Query(
            $"SELECT count(*), {first} {condition}",
            static row => (row.GetInt64(0), row.IsNull(1) ? (long?)null : row.GetInt64(1)),
            child.IsShared || slice.IsWhole ? [] : [.. slice.TenantIds]).First();
        return count == 0 ? null : string.Format(
            CultureInfo.InvariantCulture,
            "{0:N0} {1} no row of {2}{3}",
            count,
            count == 1 ? "row references" : "rows reference",
            isOfTenants ? "the same tenant there" : parent.Name,
            rowId is null ? "" : $" (first: rowid {rowId})");
    }
}
