using PosTenancy.Engine.Schema;

namespace PosTenancy.Engine.Planning;

/// <summary>
/// The plan of a table that a script is going to migrate: what is missing is known, how it will be done is the script's affair.
/// </summary>
internal static class ScriptedTable
{
    /// <summary>
    /// Nothing of ours is run, and nothing is refused that the script may put right: the checks judge what it leaves. Only what they could
    /// not read either stays blocked.
    /// </summary>
    public static TablePlan Plan(TablePlan plan, TableSchema table, MigrationOptions options) =>
        plan switch
        {
            _ when options.Script is null => plan,
            { Action: TableAction.Blocked } when table.Unreadable is null => Open(plan) with
            {
                Action = table.FindColumn(options.ColumnName) is null ? TableAction.AddColumn : TableAction.Backfill,
                Reason = plan.Reason + "; it is for the script to put this right, and for the checks to judge it",
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

    /// <summary>A script may have left the default out, or chosen another: what it did is done, and running it again would fail.</summary>
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
