using PosTenancy.Tests.Generated.Model;

namespace PosTenancy.Tests.Generated.Checking;

/// <summary>The names that existed before the migration: only those are compared.</summary>
/// <param name="Columns">Columns of each table, virtual and shadow tables included.</param>
/// <param name="RowIds">Name of each table's rowid; empty if it has none, or columns with all three names.</param>
/// <param name="Views">Columns of each view.</param>
/// <param name="Kept">Views, triggers and indexes that must not change.</param>
/// <param name="TenantColumn">The tenant column, whose values the migration may change.</param>
/// <param name="KeysStay">Whether keys and foreign keys must not change.</param>
internal sealed record Scope(
    IReadOnlyDictionary<string, IReadOnlyList<string>> Columns,
    IReadOnlyDictionary<string, IReadOnlyList<string>> RowIds,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Views,
    IReadOnlyList<string> Kept,
    string TenantColumn,
    bool KeysStay)
{
    private static readonly string[] RowIdNames = ["rowid", "_rowid_", "oid"];

    public bool IsTenant(string column) => SqlWords.SameName(column, TenantColumn);

    public static Scope Read(RawDatabase file, string tenantColumn, bool keysStay, bool indexesStay)
    {
        Dictionary<string, IReadOnlyList<string>> columns = new(StringComparer.Ordinal);
        Dictionary<string, IReadOnlyList<string>> rowIds = new(StringComparer.Ordinal);
        foreach (
            string table in file.Texts(
                "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type <> 'view' AND name NOT IN ('sqlite_schema', " +
                "'sqlite_temp_schema') AND name NOT LIKE 'sqlite_stat%'"
            ))
        {
            columns[table] = file.Texts($"SELECT name FROM pragma_table_xinfo({SqlWords.Text(table)}) WHERE hidden <> 1");
            rowIds[table] =
            [
                .. RowIdNames
                    .Where(n => !columns[table].Any(c => SqlWords.SameName(c, n)))
                    .Where(n =>
                        table is not ("sqlite_sequence" or "sqlite_stat1") &&
                        file.ColumnsOf($"SELECT {n} FROM {SqlWords.Quote(table)}").Count > 0)
                    .Take(1),
            ];
        }

        Dictionary<string, IReadOnlyList<string>> views = new(StringComparer.Ordinal);
        foreach (string view in file.Texts("SELECT name FROM sqlite_schema WHERE type = 'view'"))
        {
            // A view that does not compile has no columns; it must fail with the same error afterwards.
            List<string> names = file.ColumnsOf($"SELECT * FROM {SqlWords.Quote(view)}");
            views[view] = names.Exists(n => SqlWords.SameName(n, tenantColumn))
                ? [.. names.Where(n => !SqlWords.SameName(n, tenantColumn))]
                : names;
        }

        List<string> kept = file.Texts(
            "SELECT name FROM sqlite_schema WHERE type IN ('view', 'trigger')" + (keysStay && indexesStay ? " OR type = 'index'" : ""));
        if (!keysStay && indexesStay)
        {
            kept.AddRange(
                file.Texts(
                    "SELECT i.name FROM pragma_table_list AS l JOIN pragma_index_list(l.name) AS i WHERE l.schema = 'main' AND NOT " +
                    "i.\"unique\""
                ));
        }

        return new Scope(columns, rowIds, views, kept, tenantColumn, keysStay);
    }
}
