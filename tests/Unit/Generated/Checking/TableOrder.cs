using PosTenancy.Tests.Generated.Model;

namespace PosTenancy.Tests.Generated.Checking;

/// <summary>
/// The database of before, with its tables in the order of after. A table that was made anew comes last in the schema, and no statement can
/// put it elsewhere. SQLite's own answers depend on it: foreign keys that point at a table are looked at in the reverse order of their
/// tables, and an INSERT OR REPLACE leaves out the check of a key of the table on itself with ON DELETE SET NULL if the action of that key
/// was compiled last (isSetNullAction in fkey.c asks only for the latest). Everything else of the two files is compared as it is.
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

        // Whatever belongs to a table must be read after it, in the order that it had.
        file.Must($"UPDATE sqlite_schema SET rowid = rowid + {Room(3)} WHERE type <> 'table'");
        file.Must($"UPDATE sqlite_schema SET rowid = rowid + {Room(1)} WHERE type = 'table'");
        for (int i = 0; i < order.Count; i++)
        {
            file.Must($"UPDATE sqlite_schema SET rowid = {Room(2) + i} WHERE type = 'table' AND name = {SqlWords.Text(order[i])}");
        }

        file.Must("COMMIT");
        return copy;
    }

    /// <summary>A number above those of the schema, so that none is in the way while they are exchanged.</summary>
    private static int Room(int n) => n * 10_000;

    private static List<string> Tables(Copies copies, string path)
    {
        using RawDatabase file = new(copies.Make(path));
        return file.Texts("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid");
    }
}
