using System.Globalization;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Migration;

/// <summary>Compares two measured runs of one plan. How long they took is left out: it is the one thing that may differ.</summary>
internal static class RunComparison
{
    private const string SizeAfter = "Size after";

    /// <summary>Every figure of two runs that have ended.</summary>
    public static IReadOnlyList<ComparedFigure> Compare(MigrationResult rehearsal, MigrationResult production)
    {
        ILookup<string, string> now = Figures(production).ToLookup(f => f.Metric, f => f.Value, StringComparer.Ordinal);
        return Figures(rehearsal).Select(f => Compare(f.Metric, f.Value, now[f.Metric].FirstOrDefault() ?? "missing")).ToArray();
    }

    /// <summary>What a run has to be refused for before its first statement; <see langword="null"/> for nothing.</summary>
    /// <param name="rehearsed">The plan that was rehearsed, and what the rehearsal measured.</param>
    /// <param name="plan">The plan that is about to run.</param>
    /// <param name="before">The database that it is about to run on.</param>
    public static string? DeviationBefore(RehearsedPlan rehearsed, MigrationPlan plan, MigrationMeasurement before) =>
        Deviation([
            Compare(
                "Statements",
                Checksum.Compute(string.Join("\n", rehearsed.Plan.Statements.Select(s => s.Sql))),
                Checksum.Compute(string.Join("\n", plan.Statements.Select(s => s.Sql)))),
            Compare("Rows before", Number(rehearsed.Result.RowsBefore), Number(plan.TenantTables.Sum(t => t.Rows ?? 0))),
            Compare("Size before", Number(rehearsed.Result.SizeBefore), Number(before.SizeBefore)),
        ]);

    /// <summary>Why a run must be rolled back; <see langword="null"/> if it need not.</summary>
    /// <param name="rehearsal">The rehearsal.</param>
    /// <param name="production">The run, which may not be committed yet; then the figures that wait for COMMIT are left out.</param>
    /// <param name="context">What was measured.</param>
    public static string? Deviation(MigrationResult rehearsal, MigrationResult production, CheckContext context) =>
        Deviation(
            Compare(rehearsal, production)
                .Where(f => (context.IsCommitted || f.Metric != SizeAfter) && !IntegrityChecks.IsLeftOut(f.Metric, context)));

    private static string? Deviation(IEnumerable<ComparedFigure> figures)
    {
        List<string> different =
        [
            .. figures.Where(f => !f.Matches).Select(f => $"{f.Metric}: {f.Rehearsal} in the rehearsal, {f.Production} now"),
        ];
        return different.Count == 0 ? null : $"It differs from the rehearsal: {string.Join("; ", different)}.";
    }

    private static ComparedFigure Compare(string metric, string rehearsal, string production) =>
        new(metric, rehearsal, production, string.Equals(rehearsal, production, StringComparison.Ordinal));

    private static IEnumerable<(string Metric, string Value)> Figures(MigrationResult run) =>
        [
            ("Status", run.Status.ToString()),
            ("Tables that belong to tenants", Number(run.TablesTotal)),
            ("Tables updated", Number(run.TablesUpdated)),
            ("Tables skipped", Number(run.TablesSkipped)),
            ("Indexes created", Number(run.IndexesCreated)),
            ("Indexes replaced", Number(run.IndexesReplaced)),
            ("NULL values", Number(run.NullTenantIds)),
            ("Rows before", Number(run.RowsBefore)),
            ("Rows after", Number(run.RowsAfter)),
            ("Data loss (rows)", Number(run.RowsBefore - run.RowsAfter)),
            ("Size before", Number(run.SizeBefore)),
            (SizeAfter, Number(run.SizeAfter)),
            .. run.Checks.Select(c => (c.Name, $"{c.Status}: {c.Actual}")),
            .. run.Tables.Select(t =>
                ($"Table {t.Table}", $"{Number(t.RowsBefore)} rows before, {Number(t.RowsAfter)} after, index {t.IndexName ?? "none"}")),
        ];

    private static string Number(long? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "not measured";
}
