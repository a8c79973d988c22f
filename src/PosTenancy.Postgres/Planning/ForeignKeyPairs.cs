using PosTenancy.Engine.Schema;

namespace PosTenancy.Postgres.Planning;

/// <summary>The columns of a foreign key, with those of the parent that it leaves to the primary key.</summary>
internal static class ForeignKeyPairs
{
    /// <summary>Child and parent column of each pair; none if the parent has no such key.</summary>
    public static IReadOnlyList<(string Child, string Parent)> Of(ForeignKeySchema reference, TableSchema parent)
    {
        string[] primary = [.. parent.PrimaryKey];
        (string Child, string? Parent)[] pairs =
            [.. reference.Columns.Select((c, i) => (c.Child, c.Parent ?? primary.ElementAtOrDefault(i)))];
        return pairs.Any(p => p.Parent is null || parent.FindColumn(p.Parent) is null)
            ? []
            : [.. pairs.Select(p => (p.Child, parent.FindColumn(p.Parent!)!.Name))];
    }
}
