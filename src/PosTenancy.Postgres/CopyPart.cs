using PosTenancy.Engine.Verification;
using PosTenancy.Postgres.Loading;
using PosTenancy.Postgres.Planning;
using PosTenancy.Postgres.Values;

namespace PosTenancy.Postgres;

/// <summary>The rows of one table that go to one table of the target.</summary>
/// <param name="Slice">The rows.</param>
/// <param name="Table">The table.</param>
/// <param name="Ddl">Names and statements.</param>
internal sealed record CopyPart(CopySlice Slice, TargetTable Table, TableDdl Ddl)
{
    /// <summary>Whether the table exists, so that rows are replaced.</summary>
    public bool IsReplaced { get; init; }

    /// <summary>The rows of a shared table that are added to those that exist.</summary>
    public SharedAddition? Addition { get; init; }

    /// <summary>Whether anything is written to the table.</summary>
    public bool IsLoaded => !IsReplaced || !Table.IsShared || Addition is not null;

    /// <summary>Shared tables once, and the tables of tenants together, or tenant by tenant if each has a schema.</summary>
    public static IEnumerable<CopyPart> All(TargetPlan plan, CopySlice slice)
    {
        TableDdl shared = new(plan, tenantId: null);
        foreach (TargetTable table in plan.Tables.Where(t => t.IsShared))
        {
            yield return new CopyPart(slice, table, shared);
        }

        foreach (string? tenant in plan.Options.Layout == CopyLayout.Schema ? slice.TenantIds : (IEnumerable<string?>)[null])
        {
            TableDdl ddl = new(plan, tenant);
            foreach (TargetTable table in plan.TenantTables)
            {
                yield return new CopyPart(tenant is null ? slice : slice.Of(tenant), table, ddl);
            }
        }
    }

    /// <summary>Quoted name with its schema.</summary>
    public string Name => Ddl.Name(Table);

    /// <summary>The schema.</summary>
    public string Schema => Table.IsShared ? Ddl.SharedSchema : Ddl.TenantSchema;

    /// <summary>The tenant column; not for a shared table.</summary>
    public string TenantColumn => Ddl.TenantColumn(Table);

    /// <summary>The tenants whose rows these are; of a shared table the empty name.</summary>
    public IReadOnlyList<string> Tenants => Table.IsShared ? [""] : Slice.TenantIds;

    /// <summary>Digests by tenant.</summary>
    public IEnumerable<(string Tenant, RowDigest Digest)> Named(IReadOnlyList<RowDigest> digests) =>
        Tenants.Select((t, i) => (t, digests[i]));
}
