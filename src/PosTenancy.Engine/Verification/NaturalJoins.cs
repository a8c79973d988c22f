using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Verification;

/// <summary>
/// Views and triggers whose NATURAL JOIN compares the tenant column now that the tables have it. SQLite does not report this, not even to
/// its
/// authorizer, so their text is searched for the two keywords and for the names of the tables.
/// </summary>
internal static class NaturalJoins
{
    private static readonly string[] Following = ["JOIN", "LEFT", "RIGHT", "FULL", "INNER", "OUTER", "CROSS"];

    /// <summary>
    /// Those that now compare the column, and whether one of their tables already had the column, so that the result may change.
    /// </summary>
    public static IEnumerable<(string Statement, bool MayChange)> Between(DatabaseSchema before, DatabaseSchema after, string columnName)
    {
        HashSet<string> had = WithColumn(before, columnName);
        HashSet<string> have = WithColumn(after, columnName);
        foreach (SchemaObject o in after.Objects.Where(o => o.Sql is not null && o.Type is "view" or "trigger"))
        {
            SqlText sql = new(o.Sql!);
            if (!sql.Places.Any(i => sql.Is(i, "NATURAL") && Following.Any(word => sql.Is(i + 1, word))))
            {
                continue;
            }

            HashSet<string> named = new(Identifier.Comparer);
            AddNames(sql, after, named);
            named.IntersectWith(have);
            if (named.Count > 1 && !named.IsSubsetOf(had))
            {
                yield return (o.Type == "view" ? SchemaCompilation.View(o.Name) : SchemaCompilation.Trigger(o.Name), named.Overlaps(had));
            }
        }
    }

    /// <summary>Adds the tables and views that a text names, and those that these views name.</summary>
    private static void AddNames(SqlText sql, DatabaseSchema schema, HashSet<string> names)
    {
        HashSet<string> mentioned = new(
            sql.Places.Where(i => sql.Tokens[i].Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName).Select(sql.Name),
            Identifier.Comparer);
        foreach (SchemaObject o in schema.Objects.Where(o => o.Type is "table" or "view" && mentioned.Contains(o.Name)))
        {
            if (names.Add(o.Name) && o is { Type: "view", Sql: { } view })
            {
                AddNames(new SqlText(view), schema, names);
            }
        }
    }

    private static HashSet<string> WithColumn(DatabaseSchema schema, string columnName) =>
        new(schema.Tables.Where(t => t.FindColumn(columnName) is not null).Select(t => t.Name), Identifier.Comparer);
}
