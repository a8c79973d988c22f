using PosTenancy.Engine.Verification;
using PosTenancy.Postgres.Planning;
using PosTenancy.Postgres.Server;

namespace PosTenancy.Postgres.Proof;

/// <summary>The rows of a part at the target, also for an owner to whom row-level security applies.</summary>
internal static class TargetRows
{
    /// <summary>The digest of each tenant that has rows; of a shared table under the empty name.</summary>
    public static IReadOnlyDictionary<string, RowDigest> Read(TargetServer server, CopyPart part)
    {
        string? column = part.Table.IsShared ? null : part.TenantColumn;
        if (column is null || server.IsAboveRowSecurity)
        {
            return TargetDigest.Read(server, part.Table, part.Name, column, part.Tenants);
        }

        Dictionary<string, RowDigest> digests = new(StringComparer.Ordinal);
        foreach (string tenant in part.Tenants)
        {
            ActAs(server, tenant);
            foreach (KeyValuePair<string, RowDigest> found in TargetDigest.Read(server, part.Table, part.Name, column, [tenant]))
            {
                digests.Add(found.Key, found.Value);
            }
        }

        return digests;
    }

    /// <summary>Shows the rows of a tenant to a user to whom row-level security applies.</summary>
    public static void ActAs(TargetServer server, string tenantId)
    {
        if (!server.IsAboveRowSecurity)
        {
            _ = server.Scalar("SELECT set_config($1, $2, true)", RowSecurity.Setting, tenantId);
        }
    }
}
