using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

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

    /// <summary>The parameter ?1 of every statement.</summary>
    public string Parameter => TenantId;

    /// <summary>Selects columns of a table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="columns">The columns; a table may have none.</param>
    /// <param name="order">What to sort by; empty for any order.</param>
    public string Select(string table, IEnumerable<string> columns, string order = "") =>
        $"SELECT {string.Join(", ", columns.Select(c => $"t.{Identifier.Quote(c)}").DefaultIfEmpty("NULL"))} " +
        $"FROM main.{Identifier.Quote(table)} AS t WHERE {Condition("t")}{order}";

    /// <summary>How many rows a table has.</summary>
    public long Count(string table) => Connection.Scalar(
        $"SELECT count(*) FROM main.{Identifier.Quote(table)} AS t WHERE {Condition("t")}",
        Parameter);
}
