using PosTenancy.Tests.Generated.Model;

namespace PosTenancy.Tests.Generated.Checking;

/// <summary>The database matches the plan for each table, and nothing else changed.</summary>
internal static class PlanHappened
{
    /// <summary>PosTenancy's own record of migrations belongs to no tenant.</summary>
    private const string OwnHistory = "_postenancy_history";

    public static void Check(Copies copies, string before, string after, MigrationPlan plan, Scope scope)
    {
        using RawDatabase old = new(copies.Make(before));
        using RawDatabase now = new(copies.Make(after));
        foreach (TablePlan table in plan.Tables)
        {
            if (table.IsTenantTable)
            {
                CheckTenantTable(old, now, table, plan.Options, scope);
            }

            if (table.Action is TableAction.Skip or TableAction.None)
            {
                string sql = $"SELECT sql FROM sqlite_schema WHERE tbl_name = {SqlWords.Text(table.Table)} AND type IN ('table', 'index')";
                Difference.Unless($"{table.Table} ({table.Action})", old.Rows(sql), now.Rows(sql));
            }
        }

        List<string> added = [.. Names(now).Except(Names(old), StringComparer.Ordinal)];
        List<string?> planned = [.. plan.Changes.Select(t => t.IndexName)];
        List<string> unplanned =
        [
            .. added.Where(n => n != OwnHistory && !planned.Contains(n) && !n.StartsWith("sqlite_autoindex", StringComparison.Ordinal)),
        ];
        Difference.Unless(unplanned.Count == 0, $"made, and not planned: {string.Join(", ", unplanned)}");
        List<string> gone =
        [
            .. Names(old)
                .Except(Names(now), StringComparer.Ordinal)
                .Where(n => !n.StartsWith("sqlite_autoindex", StringComparison.Ordinal)),
        ];
        Difference.Unless(
            gone.TrueForAll(n => plan.Changes.Any(t => t.Reason.Contains($"{n} becomes redundant", StringComparison.Ordinal))),
            "something is gone");
        IndexesInFront(old, now, plan);
    }

    /// <summary>An index prefixed with the tenant column is otherwise unchanged: same columns, order, collations and condition.</summary>
    private static void IndexesInFront(RawDatabase old, RawDatabase now, MigrationPlan plan)
    {
        foreach (TablePlan table in plan.Changes)
        {
            List<string> replaced =
            [
                .. old.Texts($"SELECT name FROM pragma_index_list({SqlWords.Text(table.Table)}) WHERE origin = 'c'")
                    .Where(table.ReplacedIndexes.Contains),
            ];
            Difference.Unless(
                $"indexes of {table.Table} that are replaced",
                table.ReplacedIndexes.Order(StringComparer.Ordinal).ToList(),
                [.. replaced.Order(StringComparer.Ordinal)]);
            foreach (string name in replaced.Select(SqlWords.Text))
            {
                Difference.Unless(
                    now.Texts($"SELECT name FROM pragma_index_xinfo({name}) WHERE seqno = 0") is [var first] &&
                        SqlWords.SameName(first, plan.Options.ColumnName),
                    $"{name} does not begin with the tenant");
                Difference.Unless(
                    $"columns of {name}",
                    old.Rows($"SELECT seqno, name, \"desc\", coll FROM pragma_index_xinfo({name}) WHERE key"),
                    now.Rows($"SELECT seqno - 1, name, \"desc\", coll FROM pragma_index_xinfo({name}) WHERE key AND seqno > 0"));
                string shape = $"SELECT \"unique\", partial FROM pragma_index_list({SqlWords.Text(table.Table)}) WHERE name = {name}";
                Difference.Unless($"kind of {name}", old.Rows(shape), now.Rows(shape));
            }
        }
    }

    private static void CheckTenantTable(RawDatabase old, RawDatabase now, TablePlan table, MigrationOptions options, Scope scope)
    {
        string name = SqlWords.Text(table.Table);
        string tenant = SqlWords.Text(options.TenantId);
        List<string> columns = now.Texts($"SELECT name FROM pragma_table_xinfo({name}) WHERE hidden <> 1 ORDER BY cid");
        IReadOnlyList<string> expected = scope.Columns[table.Table].Any(scope.IsTenant)
            ? scope.Columns[table.Table]
            : [.. scope.Columns[table.Table], options.ColumnName];
        Difference.Unless($"columns of {table.Table}", expected, columns);

        string column = SqlWords.Text(columns.Single(scope.IsTenant));
        Difference.Unless(
            "tenant column of " + table.Table,
            ["1|" + "0"],
            now.Rows($"SELECT \"notnull\", hidden FROM pragma_table_xinfo({name}) WHERE name = {column}"));

        // A column that is NOT NULL without a default is complete, and stays as it is.
        string type = now.Texts($"SELECT type FROM pragma_table_xinfo({name}) WHERE name = {column}")[0];
        bool hadNone = old.Texts(
            $"SELECT name FROM pragma_table_xinfo({name}) WHERE name = {column} AND \"notnull\" AND dflt_value IS NULL AND type = " +
            SqlWords.Text(type)).Count > 0;
        Difference.Unless(
            $"default of {table.Table}",
            now.Rows($"SELECT {(hadNone ? "NULL" : SqlWords.Text(tenant))}"),
            now.Rows($"SELECT dflt_value FROM pragma_table_xinfo({name}) WHERE name = {column}"));
        string others =
            $"SELECT count(*) FROM {SqlWords.Quote(table.Table)} AS t WHERE t.{SqlWords.Quote(options.ColumnName)} COLLATE BINARY IS NOT " +
            $"{tenant} OR typeof(t.{SqlWords.Quote(options.ColumnName)}) <> 'text'";
        Difference.Unless("rows of another tenant in " + table.Table, ["0"], now.Rows(others));

        string index = SqlWords.Text(table.IndexName ?? "");
        Difference.Unless(
            $"index {table.IndexName} of {table.Table}",
            now.Rows($"SELECT {column}"),
            now.Rows($"SELECT name FROM pragma_index_xinfo({index}) WHERE seqno = 0"));
        Difference.Unless(
            $"index {table.IndexName}",
            now.Rows($"SELECT {name}, 0"),
            now.Rows($"SELECT l.name, i.partial FROM pragma_table_list AS l JOIN pragma_index_list(l.name) AS i WHERE i.name = {index}"));
    }

    private static List<string> Names(RawDatabase file) => file.Texts("SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%'");
}
