using System.Globalization;

namespace PosTenancy.Postgres.Server;

/// <summary>
/// Keeps copies to one database out of each other's way. The locks are PostgreSQL's advisory locks, and end with the transaction.
/// </summary>
internal sealed class CopyLocks(TargetServer server)
{
    /// <summary>The number that all copies lock: for themselves alone, or beside others.</summary>
    private const long Key = 0x706F7374656E;

    /// <summary>Waits until no other copy is at work, and keeps others waiting.</summary>
    public void TakeAll() => server.Execute(string.Format(CultureInfo.InvariantCulture, "SELECT pg_advisory_xact_lock({0})", Key));

    /// <summary>Waits until no copy is at work that needs to be alone, and none of these tenants.</summary>
    /// <param name="tenantIds">The tenants.</param>
    public void Take(IEnumerable<string> tenantIds)
    {
        server.Execute(string.Format(CultureInfo.InvariantCulture, "SELECT pg_advisory_xact_lock_shared({0})", Key));

        // In one order, so that no two copies wait for each other.
        foreach (string tenant in tenantIds.OrderBy(t => t, StringComparer.Ordinal))
        {
            _ = server.Scalar(
                string.Format(CultureInfo.InvariantCulture, "SELECT pg_advisory_xact_lock(hashtextextended($1, {0}))", Key), tenant);
        }
    }
}
