using System.Net;

namespace PosTenancy.Postgres;

/// <summary>Which tenant to export from PostgreSQL, and how.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="Source">A connection string, a postgresql:// address, or the name of a service.</param>
/// <param name="Destination">An existing folder for the export.</param>
/// <exception cref="PosTenancyException">The tenant id is invalid.</exception>
public sealed record TargetExportOptions(string TenantId, string Source, string Destination)
{
    /// <summary>The tenant.</summary>
    public string TenantId { get; } = TenantIdRules.Require(TenantId);

    /// <summary>User and password, instead of those in the source.</summary>
    public NetworkCredential? Credential { get; init; }

    /// <summary>The schema that the copy named.</summary>
    public string Schema { get; init; } = "public";

    /// <summary>Whether to export the store that the tenant was: without the tenant column, and with its original keys.</summary>
    public bool AsSingleTenant { get; init; }

    /// <summary>Where the key map of the tenant's import is; <see langword="null"/> for in the folder of the export.</summary>
    public string? KeyMapPath { get; init; }

    /// <summary>The tenant. A record's own text would have the source, which may have a password.</summary>
    public override string ToString() => TenantId;
}
