using System.Globalization;

namespace PosTenancy;

/// <summary>How many rows of a table belong to a tenant.</summary>
/// <param name="Path">Full path of the live database.</param>
/// <param name="Table">Name of the table.</param>
/// <param name="TenantId">The tenant; <see langword="null"/> for rows without one, and for a table without rows.</param>
/// <param name="Rows">Number of rows.</param>
public sealed record TenantDistribution(string Path, string Table, string? TenantId, long Rows)
{
    /// <summary>
    /// How SQLite stores the tenant: <c>text</c> as it should be, <c>null</c>, or another class, which no comparison with a text finds.
    /// </summary>
    public string StorageClass { get; init; } = "text";

    /// <summary>The table, the tenant and the number of rows.</summary>
    public override string ToString() => string.Format(
        CultureInfo.InvariantCulture, "{0}: {1:N0} {2} of {3}", Table, Rows, Rows == 1 ? "row" : "rows", TenantId ?? "no tenant");
}
