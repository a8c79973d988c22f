namespace PosTenancy.Engine.Tenants;

/// <summary>Which tenant to remove, and how.</summary>
/// <param name="TenantId">The tenant.</param>
/// <exception cref="PosTenancyException">The tenant id is invalid.</exception>
public sealed record TenantRemovalOptions(string TenantId) : TenantChangeOptions
{
    /// <summary>The tenant.</summary>
    public string TenantId { get; } = TenantIdRules.Require(TenantId);

    /// <summary>Whether to remove its bytes as well as its rows.</summary>
    public bool Erase { get; init; }

    /// <summary>Whether to go without an export.</summary>
    public bool SkipExport { get; init; }

    /// <summary>Whether the last tenant of the database may be removed.</summary>
    public bool Force { get; init; }

    /// <summary>The tenant.</summary>
    public override string ToString() => TenantId;
}
