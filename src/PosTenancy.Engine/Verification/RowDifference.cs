using PosTenancy.Engine.Files;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Verification;

/// <summary>Finds the first row that differs between two states of a table by reading both in key order.</summary>
internal static class RowDifference
{
    /// <summary>Describes the first difference.</summary>
    /// <param name="before">Connection to the backup.</param>
    /// <param name="after">Connection to the current database.</param>
    /// <param name="table">Table to compare.</param>
    /// <param name="mayGrow">Whether additional rows are allowed.</param>
    /// <returns>The row and its difference; <see langword="null"/> if every row of the backup still exists.</returns>
    public static string? First(DatabaseConnection before, DatabaseConnection after, ComparedTable table, bool mayGrow)
    {
        using RowHash hash = new();
        using IEnumerator<Row> old = Rows(before, table, hash).GetEnumerator();
        using IEnumerator<Row> now = Rows(after, table, hash).GetEnumerator();
        while (old.MoveNext())
        {
            bool isThere = now.MoveNext();
            while (mayGrow && isThere && !now.Current.Equals(old.Current))
            {
                isThere = now.MoveNext();
            }

            if (!isThere)
            {
                return $"{Name(table, old.Current)} is gone{(mayGrow ? " or changed" : "")}";
            }

            if (!now.Current.Equals(old.Current))
            {
                return Describe(before, after, table, old.Current, now.Current, hash);
            }
        }

        return !mayGrow && now.MoveNext() ? $"{Name(table, now.Current)} is new" : null;
    }

    private static string Describe(DatabaseConnection before, DatabaseConnection after, ComparedTable table, Row old, Row now, RowHash hash)
    {
        if (table.IsKeyedByRowId && long.TryParse(old.Key, out long oldId) && long.TryParse(now.Key, out long newId))
        {
            if (oldId != newId)
            {
                return oldId < newId ? $"{Name(table, old)} is gone" : $"{Name(table, now)} is new";
            }

            string changed = string.Join(", ", table.Columns.Where(c => !Value(before, c).SequenceEqual(Value(after, c))));
            return $"{Name(table, old)} changed in {changed}";
        }

        return old.Key == now.Key ? $"{Name(table, old)} changed" : $"{Name(table, old)} is not where it was, {Name(table, now)} is there";

        byte[] Value(DatabaseConnection connection, string column) =>
            connection.Query(table.SelectValue(column), reader => hash.Compute(reader.Handle!, first: 0), oldId).First();
    }

    private static string Name(ComparedTable table, Row row) =>
        table.Key.Count == 0 ? "a row" : table.IsKeyedByRowId ? $"rowid {row.Key}" : $"the row with the key ({row.Key})";

    private static IEnumerable<Row> Rows(DatabaseConnection connection, ComparedTable table, RowHash hash) =>
        connection.Query(
            table.SelectInOrder(),
            reader => new Row(reader.GetString(0), FileDigest.ToHex(hash.Compute(reader.Handle!, first: 1))));

    private sealed record Row(string Key, string Hash);
}
