using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Planning;

/// <summary>Joins the rows of a table with those that a foreign key references.</summary>
internal static class ForeignKeyJoin
{
    /// <summary>
    /// The condition between a child <c>c</c> and its parent <c>p</c>; <see langword="null"/> if the key does not match that of the parent.
    /// A parent is found as SQLite finds it: with the affinity and the collation of the parent's column. The + removes those of the
    /// child's.
    /// </summary>
    public static string? On(TableSchema parent, ForeignKeySchema key)
    {
        string[] primary = [.. parent.PrimaryKey];
        return key.Columns.Any(c => c.Parent is null) && primary.Length != key.Columns.Count
            ? null
            : string.Join(
                " AND ",
                key.Columns.Select((c, i) => $"p.{Identifier.Quote(c.Parent ?? primary[i])} = +c.{Identifier.Quote(c.Child)}"));
    }
}
