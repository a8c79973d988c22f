using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Tenants;
using PosTenancy.Engine.Verification;
using PosTenancy.Postgres.Loading;
using PosTenancy.Postgres.Planning;
using PosTenancy.Postgres.Values;

namespace PosTenancy.Postgres.Proof;

/// <summary>The rows of a table in the database, as PostgreSQL would have them.</summary>
internal static class SourceDigest
{
    /// <summary>Reads every row.</summary>
    /// <returns>The digest for each tenant of the slice; of a shared table one.</returns>
    public static IReadOnlyList<RowDigest> Read(CopySlice slice, TargetTable table)
    {
        using TenantDigests digests = new(slice.TenantIds.Count);
        RowEncoder encoder = new(table, slice);
        using Statement select = slice.Select(table.Source, table.Columns.Select(c => c.Name));
        RowPipe.Run<TupleBatch>(select, encoder.Append, digests.Add);
        return [.. Enumerable.Range(0, Math.Max(1, slice.TenantIds.Count)).Select(i => digests[i])];
    }
}
