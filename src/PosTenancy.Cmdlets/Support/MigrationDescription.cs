namespace PosTenancy.Commands;

/// <summary>Says in one sentence what a migration will do, for -WhatIf and -Confirm.</summary>
internal static class MigrationDescription
{
    /// <summary>Before anybody has looked into the file.</summary>
    public static string Of(MigrationOptions options) =>
        $"Add {options.ColumnName} for tenant '{options.TenantId}' to every business table, after a verified backup, and record it in the database";

    /// <summary>From the plan, with its figures.</summary>
    public static string Of(MigrationPlan plan)
    {
        int columns = plan.Changes.Count(t => t.Action == TableAction.AddColumn);
        int indexes = plan.Changes.Count();
        return indexes == 0
            ? $"Nothing: all {plan.TenantTables.Count()} business tables have {plan.Options.ColumnName} and its index already"
            : $"Add {plan.Options.ColumnName} for tenant '{plan.Options.TenantId}' to {columns} tables and create {indexes} indexes, after a verified backup; " +
              $"tables skipped: {plan.Tables.Count(t => t.Action == TableAction.Skip)}; recorded as one row in {plan.History.Table}";
    }
}
