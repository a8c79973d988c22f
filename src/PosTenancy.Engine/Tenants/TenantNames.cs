using PosTenancy.Engine.Planning;

namespace PosTenancy.Engine.Tenants;

/// <summary>The names that a tenant has had.</summary>
internal static class TenantNames
{
    /// <summary>The name of a tenant, and those that it had before it was renamed.</summary>
    public static IReadOnlyList<string> Read(IReadOnlyList<HistoryEntry> history, string tenantId) =>
    [
        .. history
            .Where(e => e.Kind == nameof(HistoryKind.Rename) && e.TenantId == tenantId)
            .Select(e => e.Name)
            .OfType<string>()
            .Prepend(tenantId)
            .Distinct(StringComparer.Ordinal),
    ];
}
