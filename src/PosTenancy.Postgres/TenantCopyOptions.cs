using System.Net;

namespace PosTenancy.Postgres;

/// <summary>What to copy to PostgreSQL, and how.</summary>
/// <param name="TenantId">The tenant, or a wildcard for those that have rows, such as <c>*</c> for all.</param>
/// <param name="Destination">A connection string, a postgresql:// address, or the name of a service.</param>
/// <exception cref="PosTenancyException">The tenant id is invalid.</exception>
public sealed record TenantCopyOptions(string TenantId, string Destination)
{
    /// <summary>For all tenants.</summary>
    public const string AllTenants = "*";

    /// <summary>The tenant, or a wildcard.</summary>
    public string TenantId { get; } = TenantIdRules.Require(TenantId);

    /// <summary>User and password, instead of those in the destination.</summary>
    public NetworkCredential? Credential { get; init; }

    /// <summary>How tenants are laid out.</summary>
    public CopyLayout Layout { get; init; }

    /// <summary>The schema of the tables at the target.</summary>
    public string Schema { get; init; } = "public";

    /// <summary>What becomes of dates.</summary>
    public DateTimeColumns DateTime { get; init; }

    /// <summary>How to carry columns for which no type holds all values, by <c>table.column</c>.</summary>
    public IReadOnlyDictionary<string, ValueConversion> Conversion { get; init; } =
        new Dictionary<string, ValueConversion>(StringComparer.Ordinal);

    /// <summary>What becomes of rows whose reference names no row.</summary>
    public DanglingReferences DanglingReference { get; init; }

    /// <summary>What to do if rows of shared tables differ from those at the target.</summary>
    public SharedRowsAction SharedRows { get; init; }

    /// <summary>The role of the application, which is created if it does not exist; <see langword="null"/> for no grants.</summary>
    public string? Role { get; init; }

    /// <summary>The tenant column.</summary>
    public string ColumnName { get; init; } = MigrationOptions.DefaultColumnName;

    /// <summary>Names or patterns of tables that all tenants share, beside those that the history of the database names.</summary>
    public IReadOnlyList<string> ReferenceTable { get; init; } = [];

    /// <summary>The tenant. A record's own text would have the destination, which may have a password.</summary>
    public override string ToString() => TenantId;
}
