using PosTenancy.Engine.Statements;

namespace PosTenancy.Engine.Reporting.StatementSections;

/// <summary>Cells that several tables of statements share.</summary>
internal static class StatementCells
{
    /// <summary>A table of findings: where, on which table, why, and the statement.</summary>
    public static Table Findings(IEnumerable<StatementResult> results, SourceRoot root) => new(
        ["Where", "Table", "Operation", "Verdict", "Why", "Witness", "Statement"],
        [
            .. results.Select(r => Table.Row(
                root.Place(r),
                r.Table.Length == 0 ? "none" : r.Table,
                r.Operation.ToString(),
                Line.From(new Mark(r.Verdict.Outcome()), " ", Labels.For(r.Verdict)),
                Why(r),
                r.Witness?.ToString() ?? "none",
                StatementKey.Normalize(r.Sql))),
        ]);

    /// <summary>The reason and the notes in one text.</summary>
    public static string Why(StatementResult result) => string.Join(" ", [result.Reason, .. result.Notes]);
}
