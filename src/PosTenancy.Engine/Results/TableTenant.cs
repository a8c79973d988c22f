namespace PosTenancy;

/// <summary>The tenant to which the rows of a table are assigned.</summary>
public sealed record TableTenant
{
    /// <summary>Checks the tenant, so that no later stage has to.</summary>
    /// <param name="table">Name of the table.</param>
    /// <param name="tenantId">The tenant, as it may be for a migration.</param>
    /// <exception cref="PosTenancyException">The tenant id cannot be used.</exception>
    public TableTenant(string table, string? tenantId)
    {
        Table = table;
        TenantId = TenantIdRules.Problem(tenantId) is { } problem ? throw Errors.InvalidTenantFor(table, problem) : tenantId!;
    }

    /// <summary>Name of the table.</summary>
    public string Table { get; }

    /// <summary>The tenant, stored exactly as it is here.</summary>
    public string TenantId { get; }

    /// <summary>The table and the tenant.</summary>
    public override string ToString() => $"{Table} = {TenantId}";
}
