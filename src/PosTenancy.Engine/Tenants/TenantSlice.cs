using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Tenants;

/// <summary>The rows of one tenant in a database, or all rows of a database that has no tenant column.</summary>
/// <param name="Connection">The database.</param>
/// <param name="ColumnName">The tenant column; <see langword="null"/> if there is none.</param>
/// <param name="TenantId">The tenant.</param>
internal sealed record TenantSlice(DatabaseConnection Connection, string? ColumnName, string TenantId)
{
    /// <summary>The condition for the rows of the slice, with the tenant as the parameter ?1.</summary>
    /// <param name="alias">What the table is called in the statement.</param>
    public string Condition(string alias) => ColumnName is null ? "?1 IS NOT NULL" : $"{alias}.{Identifier.Quote(ColumnName)} = ?1";

    /// <summary>The further condition for the rows of all others.</summary>
    /// <param name="alias">What the table is called in the statement.</param>
    /// <param name="columnName">The tenant column.</param>
    /// <param name="tenantId">The tenant; <see langword="null"/> for the rows of all tenants.</param>
    public static string ConditionForOthers(string alias, string columnName, string? tenantId) =>
        tenantId is null ? "" : $" AND {alias}.{Identifier.Quote(columnName)} IS NOT {Identifier.Literal(tenantId)}";

    /// <summary>Whether to find the rows in the table itself: an index has values that rows need not store.</summary>
    public bool IsScan { get; init; }

    /// <summary>The parameter ?1 of every statement.</summary>
    public string Parameter => TenantId;

    /// <summary>Selects columns of a table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="columns">The columns; a table may have none.</param>
    /// <param name="order">What to sort by; empty for any order.</param>
    public string Select(string table, IEnumerable<string> columns, string order = "") =>
        $"SELECT {string.Join(", ", columns.Select(c => $"t.{Identifier.Quote(c)}").DefaultIfEmpty("NULL"))} " +
        $"FROM main.{Identifier.Quote(table)} AS t {(IsScan ? "NOT INDEXED " : "")}WHERE {Condition("t")}{order}";

    /// <summary>Whether any table has a row.</summary>
    public bool HasRows(TenantLayout layout) => layout.Tables.Any(t => Connection.Scalar(
        $"SELECT EXISTS (SELECT 1 FROM main.{Identifier.Quote(t.Name)} AS t WHERE {Condition("t")})", Parameter) != 0);

    /// <summary>The tenants that have rows in a database with tenants.</summary>
    public static string[] Tenants(DatabaseConnection connection, TenantLayout layout) =>
    [
        .. layout.Tables
            .SelectMany(t => DistributionReader.Read(connection, connection.Path, t, t.FindColumn(layout.ColumnName)!))
            .Select(share => share.TenantId)
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .OrderBy(t => t, StringComparer.Ordinal),
    ];

    /// <summary>
    /// Requires that the tenant has rows or is known to the history: a misspelled one would look like one that lost all. One that was
    /// removed does not exist any more.
    /// </summary>
    /// <exception cref="PosTenancyException">It does not exist.</exception>
    public void RequireTenant(TenantLayout layout, IReadOnlyList<HistoryEntry> history)
    {
        if (!HasRows(layout) &&
            history.LastOrDefault(h => h.TenantId == TenantId) is null or { Kind: nameof(HistoryKind.Remove) })
        {
            string[] names = [.. Tenants(Connection, layout).Select(t => $"'{t}'")];
            throw Errors.NoTenantMatches(Connection.Path, TenantId, names.Length == 0 ? "no tenants" : ShortList.Join(names, most: 5));
        }
    }

    /// <summary>How many rows a table has.</summary>
    public long Count(string table) => Connection.Scalar(
        $"SELECT count(*) FROM main.{Identifier.Quote(table)} AS t WHERE {Condition("t")}",
        Parameter);
}
