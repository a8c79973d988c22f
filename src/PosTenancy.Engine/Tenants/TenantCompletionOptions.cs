namespace PosTenancy.Engine.Tenants;

/// <summary>How the DEFAULT of the tenant column is dropped.</summary>
public sealed record TenantCompletionOptions : TenantChangeOptions
{
    /// <summary>Whether to drop it although triggers or foreign keys of the database count on it, and fail without it.</summary>
    public bool Force { get; init; }
}
