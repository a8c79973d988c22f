using System.Diagnostics;
using System.Globalization;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Tenants;

/// <summary>The checks of a database whose tenant columns have lost their DEFAULT.</summary>
/// <param name="live">The database, for the results.</param>
/// <param name="tables">The tables, as they were before.</param>
/// <param name="changed">How many tables were changed.</param>
/// <param name="columnName">The tenant column.</param>
/// <param name="run">Stage and progress.</param>
internal sealed class CompletionChecks(
    string live, IReadOnlyList<CompletedTable> tables, long changed, string columnName, RunContext run)
{
    private const int MaxNamed = 10;

    /// <summary>The column is NOT NULL and has no DEFAULT in each table.</summary>
    public CheckResult Required(DatabaseConnection after) => Run(
        "TenantRequired",
        "INSERT needs a tenant",
        $"NOT NULL without a DEFAULT in {Tables(changed)}",
        () =>
        {
            DatabaseSchema schema = SchemaReader.Read(after, countRows: false);
            List<string> wrong =
            [
                .. from table in tables
                   let now = schema.FindTable(table.Table.Name)
                   let column = now?.FindColumn(columnName)
                   where column is null || TenantColumn.HasDefault(column) || !TenantColumn.IsNotNull(column, now!)
                   select $"{table.Table.Name}: {Described(column)}",
            ];
            string actual = $"{tables.Count - wrong.Count} of {Tables(tables.Count)}";
            if (tables.Count != changed)
            {
                wrong.Add($"{Tables(tables.Count)} had to be changed");
            }

            return (wrong, actual);
        });

    /// <summary>
    /// Each row has its tenant, in a transaction that is not in the file yet. SQLite takes IS NULL on a NOT NULL column for false, and an
    /// index has the tenants that rows do not store.
    /// </summary>
    public CheckResult StoredInTransaction(DatabaseConnection after) => Stored(table => after.Scalar(
        $"SELECT count(*) FROM main.{Identifier.Quote(table)} AS t NOT INDEXED WHERE typeof(t.{Identifier.Quote(columnName)}) = 'null'"));

    /// <summary>Each row of the committed file stores its tenant.</summary>
    public CheckResult StoredInFile(DatabaseConnection after, FileStream file)
    {
        IReadOnlyDictionary<string, OlderRows>? older = null;
        return Stored(table =>
        {
            older ??= OlderRows.Read(
                after,
                file,
                tables.Select(t => t.Table.Name),
                columnName,
                name => run.Report($"Reading the rows of {name}", StagePart.FileChecks));
            return older[table].Rows;
        });
    }

    /// <summary>The rows of the tenant of the DEFAULT have the values that they had, also in stored computed columns.</summary>
    public CheckResult Unchanged(DatabaseConnection before, DatabaseConnection after) => Run(
        "TenantRowsUnchanged",
        "Rows of the tenant of the DEFAULT unchanged",
        "the same values in every column, by the digest of each table",
        () =>
        {
            List<string> different = [];
            (long rows, int read) = (0, 0);
            foreach (CompletedTable table in tables.Where(t => t.TenantId is not null))
            {
                run.Report($"Comparing {table.Table.Name}", StagePart.FileChecks);
                string[] columns =
                [
                    .. table.Table.Columns
                        .Where(c => c.Visibility is ColumnVisibility.Ordinary or ColumnVisibility.StoredGenerated)
                        .Select(c => c.Name),
                ];
                MovedTable all = new(table.Table, columns, new ValueMap?[columns.Length]);
                (RowDigest old, RowDigest now) = SideBySide.Run(() => Digest(before), () => Digest(after));
                rows += now.Rows;
                read++;
                if (now != old)
                {
                    different.Add($"{table.Table.Name}: {now.Rows} rows, {old.Rows} before, and their values differ");
                }

                RowDigest Digest(DatabaseConnection connection) => SliceDigest.Read(table.Slice(connection)!, all, isBack: false).All;
            }

            return (different, $"{rows.ToString(CultureInfo.InvariantCulture)} rows in {Tables(read)}");
        });

    private CheckResult Stored(Func<string, long> countOlder) => Run(
        "TenantStored",
        "Tenant stored in each row",
        "0 rows whose tenant was only the DEFAULT",
        () =>
        {
            (string Table, long Rows)[] found = [.. tables.Select(t => (t.Table.Name, Rows: countOlder(t.Table.Name)))];
            return (
                [.. found.Where(t => t.Rows > 0).Select(t => $"{t.Table}: {t.Rows}")],
                $"{found.Sum(t => t.Rows)} rows in {Tables(found.Length)}");
        });

    private static string Described(ColumnSchema? column) => column is null ? "the column is gone"
        : TenantColumn.HasDefault(column) ? $"the column has the DEFAULT {column.DefaultSql}"
        : "the column allows NULL";

    private static string Tables(long count) => count == 1 ? "1 table" : $"{count.ToString(CultureInfo.InvariantCulture)} tables";

    private CheckResult Run(
        string name, string title, string expected, Func<(IReadOnlyCollection<string> Problems, string Actual)> measure)
    {
        Stopwatch watch = Stopwatch.StartNew();
        (IReadOnlyCollection<string> problems, string actual) = measure();
        return new CheckResult(
            live,
            name,
            title,
            expected,
            actual,
            problems.Count == 0 ? CheckStatus.Passed : CheckStatus.Failed,
            ShortList.Join(problems, MaxNamed, separator: "; ", last: "; and "),
            watch.Elapsed);
    }
}
