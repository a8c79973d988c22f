namespace PosTenancy.Commands;

/// <summary>Says in one sentence what a migration will do, for -WhatIf and -Confirm.</summary>
internal static class MigrationDescription
{
    /// <summary>Before anybody has looked into the file.</summary>
    public static string Of(MigrationOptions options) => options.Script is { } script
        ? $"Run the script '{script.Name}' for tenant '{options.TenantId}', after a verified backup"
        : $"Add {options.ColumnName} for tenant '{options.TenantId}' to every business table, after a verified backup";

    /// <summary>From the plan, with its figures.</summary>
    public static string Of(MigrationPlan plan)
    {
        int columns = plan.Changes.Count(t => t.Action == TableAction.AddColumn);
        int indexes = plan.Changes.Count();
        return indexes == 0
            ? $"Nothing: all {plan.TenantTables.Count()} business tables have {plan.Options.ColumnName} and its index already"
            : plan.Options.Script is { } script
            ? $"Run {plan.Statements.Count()} of the {script.Statements.Count} statements of the script '{script.Name}' for tenant '{plan.Options.TenantId}' in one " +
              $"transaction, after a verified backup; tables that lack {plan.Options.ColumnName} or its index: {indexes}"
            : $"Add {plan.Options.ColumnName} for tenant '{plan.Options.TenantId}' to {columns} tables and create {indexes} indexes, after a verified backup; " +
              $"tables skipped: {plan.Tables.Count(t => t.Action == TableAction.Skip)}";
    }
}
