using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Planning;

/// <summary>Joins the rows of a table with those that a foreign key references.</summary>
internal static class ForeignKeyJoin
{
    /// <summary>
    /// The condition between a child and its parent; <see langword="null"/> if the key does not match that of the parent.
    /// A parent is found as SQLite finds it: with the affinity and the collation of the parent's column. The + removes those of the
    /// child's.
    /// </summary>
    public static string? On(TableSchema parent, ForeignKeySchema key, string childAlias = "c", string parentAlias = "p") =>
        HasParentKey(parent, key)
            ? string.Join(
                " AND ",
                Columns(parent, key).Select(c =>
                    $"{parentAlias}.{Identifier.Quote(c.Parent)} = +{childAlias}.{Identifier.Quote(c.Child)}"))
            : null;

    /// <summary>The columns of the child and of the parent; the key must match that of the parent.</summary>
    public static (string Child, string Parent)[] Columns(TableSchema parent, ForeignKeySchema key)
    {
        string[] primary = [.. parent.PrimaryKey];
        return [.. key.Columns.Select((c, i) => (c.Child, c.Parent ?? primary[i]))];
    }

    private static bool HasParentKey(TableSchema parent, ForeignKeySchema key) =>
        key.Columns.All(c => c.Parent is not null) || parent.PrimaryKey.Count() == key.Columns.Count;
}
