namespace PosTenancy.Engine.Planning;

/// <summary>What was found out about the owners of the rows of one table.</summary>
/// <param name="Rows">Where the owners are; <see langword="null"/> if the table is blocked.</param>
/// <param name="Steps">The statements that find them, with their place among those of all tables.</param>
/// <param name="Path">The foreign keys along which they were found, as readable text; <see langword="null"/> for none.</param>
/// <param name="Tenant">The tenant of the rows without a path; <see langword="null"/> if none is named.</param>
/// <param name="Problem">Why the owners cannot be known, as the end of a sentence about the table; <see langword="null"/> if they
/// are.</param>
internal sealed record TableOwners(
    RowOwners? Rows, IReadOnlyList<(int Order, string Sql)> Steps, string? Path, string? Tenant, string? Problem)
{
    /// <summary>Whether naming a tenant for the table would help.</summary>
    public bool AsksForTenant { get; init; }

    /// <summary>The rows that were found, by tenant.</summary>
    public IReadOnlyList<(string Tenant, long Rows)> Shares { get; init; } = [];
}

/// <summary>The tenants of a database that has rows of several, and the owners of the rows that have none yet.</summary>
/// <param name="Tenants">The tenants.</param>
/// <param name="Tables">The tables that have rows without a tenant, by name.</param>
internal sealed record SeveralTenants(ISet<string> Tenants, IReadOnlyDictionary<string, TableOwners> Tables);
