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
        using IEnumerator<RowState> old = Rows(before, table, hash).GetEnumerator();
        using IEnumerator<RowState> now = Rows(after, table, hash).GetEnumerator();
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

    private static string Describe(
        DatabaseConnection before, DatabaseConnection after, ComparedTable table, RowState old, RowState now, RowHash hash)
    {
        if (table.IsKeyedByRowId && long.TryParse(old.Key, out long oldId) && long.TryParse(now.Key, out long newId))
        {
            if (oldId != newId)
            {
                return oldId < newId ? $"{Name(table, old)} is gone" : $"{Name(table, now)} is new";
            }

            List<string> changed = [];
            foreach (string column in table.Columns)
            {
                if (Value(before, column) is not { } oldValue || Value(after, column) is not { } newValue)
                {
                    // On a damaged page rows can be out of order: a scan passes them, and a search by rowid does not find them.
                    return $"{Name(table, old)} changed, and cannot be found by its rowid";
                }

                if (!oldValue.SequenceEqual(newValue))
                {
                    changed.Add(column);
                }
            }

            return $"{Name(table, old)} changed in {string.Join(", ", changed)}";
        }

        return old.Key == now.Key
            ? $"{Name(table, old)} changed"
            : $"{Name(table, old)} is missing from its place, {Name(table, now)} is there";

        byte[]? Value(DatabaseConnection connection, string column) =>
            connection.Query(table.SelectValue(column), row => hash.Compute(row, first: 0), oldId).FirstOrDefault();
    }

    private static string Name(ComparedTable table, RowState row) =>
        table.Key.Count == 0 ? "a row" : table.IsKeyedByRowId ? $"rowid {row.Key}" : $"the row with the key ({row.Key})";

    private static IEnumerable<RowState> Rows(DatabaseConnection connection, ComparedTable table, RowHash hash) =>
        connection.Query(
            table.SelectInOrder(),
            row => new RowState(row.GetString(0), FileDigest.ToHex(hash.Compute(row, first: 1))));

    private sealed record RowState(string Key, string Hash);
}
