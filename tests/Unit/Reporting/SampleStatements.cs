using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Tests.Reporting;

/// <summary>Results of every verdict, in files with names that a renderer could take for markup.</summary>
internal static class SampleStatements
{
    public const string HostileFile = "a|b <script>alert(1)</script> #50% \u202Eevil.ts";

    private const string Filtered = "SELECT 1 FROM orders WHERE tenant_id = ?";

    private static readonly DateTimeOffset Start = new(2026, 1, 11, 13, 31, 5, 250, TimeSpan.Zero);

    /// <summary>The results.</summary>
    /// <param name="database">Path of the database.</param>
    /// <param name="root">Folder of the source.</param>
    public static StatementRun Run(string database, string root)
    {
        SqliteLibrary.Load();
        string orders = Path.Combine(root, "src", "orders.rs");
        string hostile = Path.Combine(root, "src", HostileFile);
        StatementResult Result(
            string? file, int line, string sql, string table, StatementVerdict verdict, StatementSeverity severity, string reason) =>
            new(database, file, line, line == 0 ? 0 : 5, sql, table, StatementOperation.Select, verdict, severity, reason, Witness: null);

        return new StatementRun(
            database,
            [
                Result(
                    orders, 10, "SELECT *\n  FROM orders", "orders", StatementVerdict.Leaks, StatementSeverity.Error, "It sees all.") with
                {
                    Witness = new StatementWitness("orders", "o-2"),
                    Notes = ["A note."],
                },
                Result(orders, 20, Filtered, "orders", StatementVerdict.Isolated, StatementSeverity.None, "Ok."),
                Result(orders, 20, Filtered, "lines", StatementVerdict.ByKeyOnly, StatementSeverity.Warning, "Key."),
                Result(
                    orders, 30, "DELETE FROM lines", "lines", StatementVerdict.Leaks, StatementSeverity.Error, "It deletes all.") with
                {
                    Operation = StatementOperation.Delete,
                    IsInBaseline = true,
                },
                Result(
                    hostile, 1, "SELECT '<b>|`' FROM t", "a|b <i>", StatementVerdict.NoTenantOnInsert, StatementSeverity.Error, "Why.") with
                {
                    Operation = StatementOperation.Insert,
                },
                Result(
                    hostile, 2, "SELECT count(*) FROM orders", "orders", StatementVerdict.AllTenants, StatementSeverity.None, "May.") with
                {
                    AllowedReason = "the operator's bill",
                    Notes = ["Leaks: It sees all."],
                },
                Result(
                    hostile, 3, "SELECT sum(a) FROM orders", "orders", StatementVerdict.AllTenants, StatementSeverity.None, "Allowed.") with
                {
                    AllowedReason = "the tax office",
                    IsInBaseline = true,
                },
                Result(hostile, 4, "SELECT * FROM {t}", "", StatementVerdict.NotChecked, StatementSeverity.Information, "Dynamic."),
                Result(hostile, 5, "SELECT * FROM makes", "makes", StatementVerdict.SharedTable, StatementSeverity.None, "Shared."),
                Result(null, 0, "SELECT * FROM orders", "orders", StatementVerdict.Leaks, StatementSeverity.Error, "It sees all."),
            ],
            Start,
            TimeSpan.FromSeconds(2))
        {
            BaselinePath = Path.Combine(root, "baseline.json"),
            Skipped = ["2 files of tests were left out: -IncludeTest includes them."],
            Warnings = ["orders.rs:9: the comment allows all tenants and gives no reason."],
        };
    }
}
