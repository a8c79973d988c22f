using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Verification;

/// <summary>No row of any table lacks a tenant.</summary>
internal sealed class NoNullTenantIds : IntegrityCheck
{
    public override string Name => nameof(NoNullTenantIds);

    public override string Title => "NULL tenant ids";

    public override string? Risk => "Rows without a tenant";

    public override string Expected(CheckContext context) => $"0 NULLs in {context.ExpectedTables} tables";

    public override CheckFinding Measure(CheckContext context)
    {
        List<string> found = [];
        int tables = 0;
        long total = 0;
        foreach ((string table, long nulls) in Count(context))
        {
            tables++;
            total += nulls;
            if (nulls > 0)
            {
                found.Add($"{table}: {nulls}");
            }
        }

        string actual = $"{total} NULLs in {tables} tables";
        return total == 0 && tables < context.ExpectedTables
            ? new CheckFinding(
                CheckStatus.NotChecked,
                actual,
                $"{context.ExpectedTables - tables} tables have no tenant column to check")
            : CheckFinding.PassedIf(total == 0, actual, List(found));
    }

    /// <summary>
    /// Number of NULLs by table. The alias makes a missing column an error: alone, "tenant_id" could be read as a string.
    /// </summary>
    public static IEnumerable<(string Table, long Nulls)> Count(CheckContext context) =>
        context.TenantColumns.Select(t => (t.Table.Name, context.Connection.Scalar(Query(t.Table, t.Column))));

    /// <summary>
    /// SQLite never evaluates IS NULL on a column that is declared NOT NULL, but a schema that was edited by hand can declare what the rows
    /// do not keep. NULL sorts first, so with an index one row answers.
    /// </summary>
    private static string Query(TableSchema table, ColumnSchema column)
    {
        string rows = $"main.{Identifier.Quote(table.Name)} AS t";
        string tenant = "t." + Identifier.Quote(column.Name);
        return column.IsNotNull
            ? $"SELECT CASE (SELECT typeof(first) FROM (SELECT {tenant} AS first FROM {rows} ORDER BY {tenant} LIMIT 1)) " +
                $"WHEN 'null' THEN (SELECT count(*) FROM {rows} WHERE typeof({tenant}) = 'null') ELSE 0 END"
            : $"SELECT count(*) FROM {rows} WHERE {tenant} IS NULL";
    }
}
