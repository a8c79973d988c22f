using PosTenancy.Tests.Generated.Model;

namespace PosTenancy.Tests.Generated.Checking;

/// <summary>
/// The meaning of keys per tenant: a second tenant can have the rows of the first if only UNIQUE keys prevented it, but not twice, and what
/// it
/// replaces is its own.
/// </summary>
internal static class TenantKeys
{
    private const string Second = "a second tenant";

    public static void Check(
        Copies copies,
        string before,
        string after,
        RandomDatabase database,
        Scope scope,
        IReadOnlyCollection<string> tenantTables)
    {
        using RawDatabase old = Open(copies.Make(before));
        using RawDatabase now = Open(copies.Make(after));
        foreach (
            RandomTable table in database.Tables.Where(t =>
                tenantTables.Contains(t.Name) && IsNumbered(t) && !IsToldApartByNumber(t, now) && t.MayBeRefused is null))
        {
            Check(old, now, table, scope);
        }
    }

    private static void Check(RawDatabase old, RawDatabase now, RandomTable table, Scope scope)
    {
        string name = SqlWords.Quote(table.Name);
        string tenant = SqlWords.Quote(scope.TenantColumn);
        string columns = string.Join(", ", table.Writable.Where(c => c.Name != table.RowIdColumn).Select(c => SqlWords.Quote(c.Name)));
        List<string> rows = now.Rows(Picture.Select(table.Name, scope));
        if (rows.Count == 0 || columns.Length == 0)
        {
            return;
        }

        string Copy(string or, string from) =>
            $"INSERT {or}INTO {name} ({columns}, {tenant}) SELECT {columns}, {SqlWords.Text(Second)} FROM {name} WHERE {tenant} {from} " +
            $"{SqlWords.Text(Second)}";
        int code = now.Run(Copy("", "<>"));
        Difference.Unless(code == 0, $"{table.Name}: the rows cannot be had by a second tenant: {now.Message}");
        Difference.Unless(now.Changes == rows.Count, $"{table.Name}: {now.Changes} of {rows.Count} rows were given to a second tenant");
        List<string> first = First(now, table, scope);
        Difference.Unless($"{table.Name}: rows of the first tenant", rows, first);

        int twice = old.Run($"INSERT INTO {name} ({columns}) SELECT {columns} FROM {name}");
        int again = now.Run(Copy("", "="));
        Difference.Unless(twice == again, $"{table.Name}: the same rows again gave {twice}, and for the second tenant {again}");

        now.Run(Copy("OR REPLACE ", "="));
        Difference.Unless($"{table.Name}: rows of the first tenant after REPLACE of the second", rows, First(now, table, scope));
    }

    /// <summary>
    /// Whether a unique index or a generated column may use the number that SQLite assigns to a row: a copy has another number, so it may
    /// be in a
    /// partial index that the row is not in, and then is not a duplicate.
    /// </summary>
    private static bool IsToldApartByNumber(RandomTable table, RawDatabase file) =>
        table.RowIdColumn is { } number &&
        file.Texts(
                $"SELECT sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = {SqlWords.Text(table.Name)} AND sql LIKE 'CREATE " +
                "UNIQUE %'"
            )
            .Select(sql => sql[sql.IndexOf(" ON ", StringComparison.Ordinal)..])
            .Concat(table.Columns.Where(c => c.IsGenerated).SelectMany(c => c.Constraints))
            .Any(sql =>
                sql.Contains(number, StringComparison.OrdinalIgnoreCase) ||
                sql.Contains(SqlWords.Quote(number), StringComparison.OrdinalIgnoreCase));

    private static List<string> First(RawDatabase now, RandomTable table, Scope scope) =>
        now.Rows($"{Picture.Select(table.Name, scope)} WHERE {SqlWords.Quote(scope.TenantColumn)} <> {SqlWords.Text(Second)}");

    private static RawDatabase Open(string path)
    {
        RawDatabase file = new(path);
        file.Run("PRAGMA journal_mode = MEMORY");
        file.Run("PRAGMA foreign_keys = OFF");
        file.Run("PRAGMA ignore_check_constraints = ON");
        foreach (string trigger in file.Texts("SELECT name FROM sqlite_schema WHERE type = 'trigger'"))
        {
            file.Run("DROP TRIGGER " + SqlWords.Quote(trigger));
        }

        return file;
    }

    /// <summary>Whether SQLite numbers the rows, so that no PRIMARY KEY prevents a copy.</summary>
    private static bool IsNumbered(RandomTable table) =>
        table.HasRowId &&
        table
            .Columns.Concat<object>(table.Constraints)
            .All(o => o is not string s || !s.Contains("PRIMARY KEY", StringComparison.Ordinal)) &&
        table.Columns.All(c =>
            c.Name == table.RowIdColumn || c.Constraints.All(k => !k.Contains("PRIMARY KEY", StringComparison.Ordinal)));
}
