using System.Globalization;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Tenants;
using PosTenancy.Engine.Text;

namespace PosTenancy.Postgres.Values;

/// <summary>The rows that are copied: those of some tenants, and all rows of tables that all tenants share.</summary>
/// <param name="Connection">The database.</param>
/// <param name="Layout">Its tables.</param>
/// <param name="TenantIds">The tenants.</param>
/// <param name="IsWhole">Whether these are all tenants, so that no row need be searched for.</param>
internal sealed record CopySlice(DatabaseConnection Connection, TenantLayout Layout, IReadOnlyList<string> TenantIds, bool IsWhole)
{
    /// <summary>Whether the database has a write-ahead log, which a connection cannot always tell.</summary>
    public bool HasLog { get; init; }

    /// <summary>Whether texts are stored in UTF-8, so that their bytes need no conversion.</summary>
    public bool IsUtf8 { get; } = Connection.Query("PRAGMA main.encoding", static row => row.GetString(0)).First() == "UTF-8";

    /// <summary>The slice of one of the tenants.</summary>
    public CopySlice Of(string tenantId) => this with { TenantIds = [tenantId], IsWhole = IsWhole && TenantIds.Count == 1 };

    /// <summary>Selects columns of the rows of a table.</summary>
    public Statement Select(TableSchema table, IEnumerable<string> columns)
    {
        bool isShared = !Layout.Tables.Contains(table);
        string condition = isShared || IsWhole
            ? ""
            : $" WHERE t.{Identifier.Quote(Layout.ColumnName)} IN (" +
                string.Join(", ", TenantIds.Select((_, i) => "?" + (i + 1).ToString(CultureInfo.InvariantCulture))) + ")";
        string list = string.Join(", ", columns.Select(c => $"t.{Identifier.Quote(c)}"));
        return Connection.Prepare(
            $"SELECT {list} FROM main.{Identifier.Quote(table.Name)} AS t{condition}",
            condition.Length == 0 ? [] : [.. TenantIds]);
    }
}
