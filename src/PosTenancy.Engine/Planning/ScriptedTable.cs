using PosTenancy.Engine.Schema;

namespace PosTenancy.Engine.Planning;

/// <summary>
/// The plan of a table that a script will migrate: it states what is missing; how to add it is up to the script.
/// </summary>
internal static class ScriptedTable
{
    /// <summary>
    /// Runs none of PosTenancy's statements and refuses nothing that the script may fix: the checks judge the result. Only tables that the
    /// checks cannot read remain blocked.
    /// </summary>
    public static TablePlan Plan(TablePlan plan, TableSchema table, MigrationOptions options) =>
        plan switch
        {
            _ when options.Script is null => plan,
            { Action: TableAction.Blocked } when table.Unreadable is null => Open(plan) with
            {
                Action = table.FindColumn(options.ColumnName) is null ? TableAction.AddColumn : TableAction.Backfill,
                Reason = plan.Reason + "; the script must fix this, and the checks verify it",
            },
            { IsChanged: true } when IsDone(table, options) => plan with
            {
                Action = TableAction.None,
                Reason = "has the column and an index that begins with it",
                Sql = [],
                After = [],
            },
            { IsChanged: true } => Open(plan),
            _ => plan,
        };

    /// <summary>Whether the table is done. A script may have omitted the default or chosen another; running it again would fail.</summary>
    private static bool IsDone(TableSchema table, MigrationOptions options) =>
        table.FindColumn(options.ColumnName) is { IsNotNull: true, Visibility: ColumnVisibility.Ordinary } &&
        table.FindIndexLedBy(options.ColumnName) is not null;

    private static TablePlan Open(TablePlan plan) =>
        plan with
        {
            IndexName = null,
            Sql = [],
            After = [],
            AddsColumn = false,
            AddsIndex = false,
            ReplacedIndexes = [],
            IsRebuilt = false,
        };
}
