using PosTenancy.Tests.Generated.Model;

namespace PosTenancy.Tests.Generated.Checking;

/// <summary>
/// Reorders the tables of the original database as in the migrated one. A rebuilt table comes last in the schema, and no statement can move
/// it. SQLite's own results depend on the order: foreign keys that reference a table are processed in the reverse order of their tables,
/// and an INSERT OR REPLACE skips the check of a table's key on itself with ON DELETE SET NULL if the action of that key was compiled last
/// (isSetNullAction in fkey.c tests only the latest). Everything else of the two files is compared unchanged.
/// </summary>
internal static class TableOrder
{
    public static string Take(Copies copies, string before, string after)
    {
        List<string> wanted = Tables(copies, after);
        List<string> tables = Tables(copies, before);
        List<string> order = [.. wanted.Where(tables.Contains), .. tables.Except(wanted, StringComparer.Ordinal)];
        if (order.SequenceEqual(tables, StringComparer.Ordinal))
        {
            return before;
        }

        string copy = copies.Make(before);
        using RawDatabase file = new(copy);
        file.Must("PRAGMA writable_schema = ON");
        file.Must("BEGIN");

        // Indexes and triggers must be read after their table, in their original order.
        file.Must($"UPDATE sqlite_schema SET rowid = rowid + {Room(3)} WHERE type <> 'table'");
        file.Must($"UPDATE sqlite_schema SET rowid = rowid + {Room(1)} WHERE type = 'table'");
        for (int i = 0; i < order.Count; i++)
        {
            file.Must($"UPDATE sqlite_schema SET rowid = {Room(2) + i} WHERE type = 'table' AND name = {SqlWords.Text(order[i])}");
        }

        file.Must("COMMIT");
        return copy;
    }

    /// <summary>A rowid above those of the schema, so that none collides during the exchange.</summary>
    private static int Room(int n) => n * 10_000;

    private static List<string> Tables(Copies copies, string path)
    {
        using RawDatabase file = new(copies.Make(path));
        return file.Texts("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid");
    }
}
