using PosTenancy.Postgres.Planning;
using PosTenancy.Postgres.Server;
using PosTenancy.Postgres.Values;

namespace PosTenancy.Postgres;

/// <summary>A plan as its user sees it.</summary>
internal static class CopyListing
{
    /// <summary>A plan for each table.</summary>
    public static IReadOnlyList<CopyTablePlan> From(TargetPlan plan, CopySlice slice, TargetServer server)
    {
        string? tenant = plan.Options.Layout == CopyLayout.Schema ? slice.TenantIds[0] : null;
        TableDdl ddl = new(plan, tenant);
        string path = slice.Connection.Path;
        return
        [
            .. plan.Tables.Select(t =>
            {
                bool exists = server.HasTable(t.IsShared ? ddl.SharedSchema : ddl.TenantSchema, t.Name);
                return new CopyTablePlan(
                    path,
                    t.Name,
                    t.Blocks.Count > 0 ? CopyTableAction.Blocked : t.IsShared ? CopyTableAction.Share
                        : exists ? CopyTableAction.Replace : CopyTableAction.Create,
                    string.Join("; ", t.Blocks),
                    t.Findings.Rows)
                {
                    Conversions = [.. t.Columns.Select(c => c.Conversion)],
                    Warnings = t.Warnings,
                    Sql = exists ? [] : [.. Statements(ddl, t, plan)],
                };
            }),
            .. plan.Left.Select(l => new CopyTablePlan(
                path, l.Table.Name, l.IsBlocked ? CopyTableAction.Blocked : CopyTableAction.Leave, l.Reason, 0)),
        ];
    }

    private static IEnumerable<string> Statements(TableDdl ddl, TargetTable table, TargetPlan plan) =>
    [
        .. ddl.Create(table),
        .. ddl.Complete(table),
        .. ddl.ForeignKeys(table),
        .. table.IsShared || !plan.Options.HasTenantKeys ? [] : RowSecurity.Statements(ddl.Name(table), ddl.TenantColumn(table)),
    ];
}
