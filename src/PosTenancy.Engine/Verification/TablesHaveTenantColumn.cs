using PosTenancy.Engine.Schema;

namespace PosTenancy.Engine.Verification;

/// <summary>Each business table has an ordinary tenant column that is NOT NULL.</summary>
internal sealed class TablesHaveTenantColumn : IntegrityCheck
{
    public override string Name => nameof(TablesHaveTenantColumn);

    public override string Title => "Tables without a tenant column";

    public override string Expected(CheckContext context) => $"0 of {context.ExpectedTables} tables";

    public override CheckFinding Measure(CheckContext context)
    {
        List<string> wrong =
        [
            .. context.MissingTables.Select(t => $"{t}: the table is gone"),
            .. from table in context.Tables
               let problem = Problem(table, context.Expectation.ColumnName)
               where problem is not null
               select $"{table.Name}: {problem}",
        ];
        return CheckFinding.PassedIf(wrong.Count == 0, $"{wrong.Count} of {context.ExpectedTables} tables", List(wrong));
    }

    private static string? Problem(TableSchema table, string columnName) => table.FindColumn(columnName) switch
    {
        null => "no such column",
        { Visibility: not ColumnVisibility.Ordinary } => "the column is generated or hidden",
        { IsNotNull: false } column when !(table.IsWithoutRowId && column.PrimaryKeyPosition > 0) => "the column allows NULL",
        _ => null,
    };
}
