using PosTenancy.Postgres.Planning;
using PosTenancy.Postgres.Values;

namespace PosTenancy.Postgres;

/// <summary>A plan as its user sees it.</summary>
internal static class CopyListing
{
    /// <summary>A plan for each table.</summary>
    public static IReadOnlyList<CopyTablePlan> From(TargetPlan plan, CopySlice slice, ExistingRows existing)
    {
        string path = slice.Connection.Path;
        ILookup<string, CopyPart> parts = CopyPart.All(plan, slice).ToLookup(p => p.Table.Name, StringComparer.Ordinal);
        List<CopyTablePlan> tables = [.. plan.Tables.Select(t => Plan(path, t, [.. parts[t.Name]], plan, existing))];
        if (tables.TrueForAll(t => t.Action is CopyTableAction.Replace or CopyTableAction.Share && t.Sql.Count == 0) &&
            existing.AreCurrent([.. parts.SelectMany(p => p).Select(existing.Find)], []))
        {
            tables = tables.ConvertAll(t => t with { Action = CopyTableAction.Current });
        }

        return
        [
            .. tables,
            .. plan.Left.Select(l => new CopyTablePlan(
                path, l.Table.Name, l.IsBlocked ? CopyTableAction.Blocked : CopyTableAction.Leave, l.Reason, 0)),
        ];
    }

    private static CopyTablePlan Plan(
        string path, TargetTable table, IReadOnlyList<CopyPart> parts, TargetPlan plan, ExistingRows existing)
    {
        List<string> reasons = [.. table.Blocks];
        List<string> warnings = [.. table.Warnings];
        CopyPart[] found = [];
        try
        {
            found = [.. parts.Select(existing.Find)];
            if (reasons.Count == 0)
            {
                found = [.. found.Select(p => p.IsReplaced ? existing.Require(p) : p)];
                warnings.AddRange(found.Select(p => p.Addition?.Describe()).OfType<string>());
            }
        }
        catch (PosTenancyException exception)
        {
            reasons.Add(exception.What);
        }

        bool exists = found.Length > 0 && found.All(p => p.IsReplaced);
        return new CopyTablePlan(
            path,
            table.Name,
            reasons.Count > 0 ? CopyTableAction.Blocked
                : table.IsShared ? CopyTableAction.Share
                : exists ? CopyTableAction.Replace
                : CopyTableAction.Create,
            string.Join("; ", reasons),
            table.Findings.Rows)
        {
            Conversions = [.. table.Columns.Select(c => c.Conversion)],
            Warnings = warnings,
            Sql = exists ? [] : [.. Schema(parts[0].Ddl, table, plan, existing), .. Statements(parts[0].Ddl, table, plan)],
        };
    }

    /// <summary>The schema of the tenant, before its first table.</summary>
    private static IEnumerable<string> Schema(TableDdl ddl, TargetTable table, TargetPlan plan, ExistingRows existing) =>
        plan.Options.Layout == CopyLayout.Schema && table == plan.TenantTables.FirstOrDefault()
            ? ddl.CreateSchema(existing.FindSchema(ddl))
            : [];

    private static IEnumerable<string> Statements(TableDdl ddl, TargetTable table, TargetPlan plan) =>
    [
        .. ddl.Create(table),
        .. ddl.Complete(table),
        .. ddl.ForeignKeys(table),
        .. table.IsShared || !plan.Options.HasTenantKeys ? [] : RowSecurity.Statements(ddl.Name(table), ddl.TenantColumn(table)),
    ];
}
