using PosTenancy.Postgres.Planning;
using PosTenancy.Postgres.Server;
using PosTenancy.Postgres.Values;

namespace PosTenancy.Postgres;

/// <summary>
/// The turn of a copy among those to the same database. One that creates tables is alone; those that bring tenants to existing tables work
/// side by side.
/// </summary>
internal sealed class CopyTurn(CopySlice slice, TargetServer server, TenantCopyOptions options)
{
    /// <summary>Plans the copy, and waits for its turn. If the tables changed meanwhile, the plan is made again.</summary>
    /// <param name="examined">What the values are.</param>
    /// <param name="require">Throws if the plan cannot be carried out.</param>
    public TargetPlan Take(ExaminedTables examined, Action<TargetPlan> require)
    {
        while (true)
        {
            string tables = Tables();
            TargetPlan plan = CopyPlanning.Plan(slice, server, options, examined.Find, findsDangling: false);
            require(plan);
            bool isAlone = NeedsToBeAlone(plan);
            if (isAlone)
            {
                new CopyLocks(server).TakeAll();
            }
            else
            {
                new CopyLocks(server).Take(slice.TenantIds);
            }

            if (Tables() == tables && NeedsToBeAlone(plan) == isAlone)
            {
                return plan;
            }

            server.Rollback();
        }
    }

    /// <summary>Whether the copy creates something, or takes a lock that excludes readers of a table.</summary>
    private bool NeedsToBeAlone(TargetPlan plan) =>
        options.Layout == CopyLayout.Schema ||
        !server.IsAboveRowSecurity ||
        RebuiltKeys.Any(plan) ||
        !new CopyRecords(server).Exists ||
        !new StoreRecords(server).Exists ||
        !plan.Tables.All(t => server.HasTable(options.Schema, t.Name));

    /// <summary>The tables that exist, as a text to compare.</summary>
    private string Tables() => (string)server.Scalar(
        """
        SELECT coalesce(string_agg(concat_ws(' ', n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod)), ', '
            ORDER BY n.nspname, c.relname, a.attnum), '')
        FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.nspname = ANY($1) AND c.relname = ANY($2) AND a.attnum > 0 AND NOT a.attisdropped
        """,
        new[] { options.Schema }.Concat(options.Layout == CopyLayout.Schema ? slice.TenantIds : []).ToArray(),
        slice.Layout.Matched.Select(t => t.Name).ToArray())!;
}
