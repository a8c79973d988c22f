using System.Globalization;

namespace PosTenancy.Commands;

/// <summary>Says in one sentence what a migration will do, for -WhatIf and -Confirm.</summary>
internal static class MigrationDescription
{
    /// <summary>Before the file was read.</summary>
    public static string Describe(MigrationOptions options) =>
        options.Script is { } script
            ? $"Run the script '{script.Name}' for tenant '{options.TenantId}', after a verified backup, and record it in the database"
            : $"Add {options.ColumnName} for tenant '{options.TenantId}' to every business table, after a verified backup, and record it " +
                "in the database";

    /// <summary>What there is to say of a migration that took longer than its target.</summary>
    public static string Slow(UpgradeResult result) =>
        $"The migration of '{result.Path}' took {Seconds(result.Migration!.Duration)}, longer than the target of " +
        $"{Seconds(result.Target)}. The result is valid; only the time target was missed.";

    /// <summary>From the plan, with its figures.</summary>
    public static string Describe(MigrationPlan plan)
    {
        string shared = plan.RecordedSharedTables is { } tables ? $"; tables shared by all tenants: {string.Join(", ", tables)}" : "";
        if (!plan.HasChanges)
        {
            return $"Nothing: all {plan.TenantTables.Count()} business tables already have {plan.Options.ColumnName} and its index";
        }

        if (!plan.Changes.Any())
        {
            return $"Change no table, after a verified backup; recorded as one row in {plan.History.Table}{shared}";
        }

        string recorded = (shared.Length == 0 ? "recorded as one row in " : "recorded as two rows in ") + plan.History.Table + shared;
        if (plan.Options.Script is { } script)
        {
            return $"Run {plan.Statements.Count()} of the {script.Statements.Count} statements of the script '{script.Name}' for tenant " +
                $"'{plan.Options.TenantId}' in one transaction, after a verified backup; tables that lack {plan.Options.ColumnName} or " +
                $"its index: {plan.Changes.Count()}; {recorded}";
        }

        int columns = plan.Changes.Count(t => t.AddsColumn);
        int indexes = plan.Changes.Count(t => t.AddsIndex);
        int replaced = plan.Changes.Sum(t => t.ReplacedIndexes.Count);
        int rebuilt = plan.Changes.Count(t => t.IsRebuilt);
        return $"Add {plan.Options.ColumnName} for tenant '{plan.Options.TenantId}' to {columns} tables and create {indexes} indexes, " +
            (replaced == 0 ? "" : $"prefix {replaced} indexes with it, ") +
            (rebuilt == 0 ? "" : $"rebuild {rebuilt} tables, ") +
            $"after a verified backup; tables skipped: {plan.Tables.Count(t => t.Action == TableAction.Skip)}; {recorded}{Warnings(plan)}";
    }

    private static string Warnings(MigrationPlan plan)
    {
        int tables = plan.Tables.Count(t => t.Warnings.Count > 0);
        return tables == 0
            ? ""
            : $"; warnings: {plan.Tables.Sum(t => t.Warnings.Count)}, for {tables} of the tables; Get-PosTenantPlan shows them";
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.######", CultureInfo.InvariantCulture) + " s";
}
