namespace PosTenancy;

/// <summary>A whole plan in words.</summary>
internal static class PlanSummary
{
    private static readonly (TableAction Action, string One, string Many)[] Actions =
    [
        (TableAction.Skip, "is left alone", "are left alone"),
        (TableAction.Share, "is shared by all tenants", "are shared by all tenants"),
        (TableAction.None, "already has column and index", "already have column and index"),
        (TableAction.AddColumn, "gets the column", "get the column"),
        (TableAction.Backfill, "is completed", "are completed"),
        (TableAction.Rebuild, "is rebuilt", "are rebuilt"),
        (TableAction.Blocked, "is blocked", "are blocked"),
    ];

    /// <summary>The tables in the order of the list above, same reasons together; the last one has the summary.</summary>
    public static IEnumerable<TablePlan> List(MigrationPlan plan)
    {
        List<TablePlan> tables =
        [
            .. plan
                .Tables.GroupBy(t => (t.Action, SharedReason: t.GetSharedReason()))
                .OrderBy(g => Array.FindIndex(Actions, a => a.Action == g.Key.Action))
                .SelectMany(g => g),
        ];
        if (tables.Count > 0)
        {
            tables[tables.Count - 1] = tables[tables.Count - 1] with { Summary = Describe(plan) };
        }

        return tables;
    }

    /// <summary>How many tables there are for each action, how many warnings, and what to do if a table is blocked.</summary>
    public static string Describe(MigrationPlan plan)
    {
        IEnumerable<string> counts =
            from a in Actions
            let count = plan.Tables.Count(t => t.Action == a.Action)
            where count > 0
            select $"{count} {(count == 1 ? a.One : a.Many)}";
        string text = $"{plan.Tables.Count} {(plan.Tables.Count == 1 ? "table" : "tables")}: {string.Join(", ", counts)}.";
        int warned = plan.Tables.Count(t => t.Warnings.Count > 0);
        if (warned > 0)
        {
            int warnings = plan.Tables.Sum(t => t.Warnings.Count);
            text +=
                $" {(warnings == 1 ? "1 warning" : $"{warnings} warnings")} about {(warned == 1 ? "1 table" : $"{warned} tables")}: see " +
                "Warnings.";
        }

        return !plan.Blocked.Any()
            ? text
            : text +
                (
                    plan.Advice is { } advice
                        ? $" The database can be migrated with {advice.Text}."
                        : " The database cannot be migrated as it is.");
    }
}
