using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Tenants;

/// <summary>What PosTenancy's history has in place of the name of a tenant that was erased: who knows the name can find it again.</summary>
internal static class ErasedName
{
    private const string Beginning = "erased:";

    private const int Digits = 16;

    /// <summary>The pseudonym of a tenant.</summary>
    public static string From(string tenantId) => Beginning + Checksum.Compute(tenantId).Remove(Digits);
}
