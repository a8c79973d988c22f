using PosTenancy.Tests.Generated.Model;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Generated.Checking;

/// <summary>Reads both files with the sqlite3 shell, another build of SQLite.</summary>
internal static class SecondWitness
{
    public static void Compare(string before, string after, Scope scope)
    {
        // 3.40.1 reports "NULL value in …" or "TEXT value in …" for any WITHOUT ROWID table whose key is not its first columns, even for
        // one that it
        // created itself.
        string sql =
            "SELECT * FROM pragma_integrity_check WHERE integrity_check <> 'ok' AND integrity_check NOT LIKE '% value in %';\n" +
            string.Concat(scope.Columns.Keys.Select(t => $"SELECT {Columns(t, scope)} FROM {SqlWords.Quote(t)} ORDER BY 1;\n"));
        (_, string old, string oldError) = Shell.Run("sqlite3", sql, "-batch", "-readonly", before);
        (_, string now, string error) = Shell.Run("sqlite3", sql, "-batch", "-readonly", after);
        Difference.Unless("what the sqlite3 shell says", old.Split('\n'), now.Split('\n'));
        Difference.Unless(oldError == error, $"the sqlite3 shell says: {error}, and said before: {oldError}");
    }

    private static string Columns(string table, Scope scope) =>
        string.Join(
            " || ',' || ",
            scope
                .RowIds[table]
                .Concat(scope.Columns[table].Where(c => !scope.IsTenant(c)))
                .Select(c => $"quote({SqlWords.Quote(c)}) || typeof({SqlWords.Quote(c)})")
                .DefaultIfEmpty("count(*)"));
}
