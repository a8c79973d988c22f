using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Schema;

/// <summary>Which column of a table is where in the record of a row. Source: sqlite.org/fileformat2.html, 2.1 and 2.4.</summary>
internal static class RecordLayout
{
    /// <summary>
    /// Names of the stored columns in the order of the record: as declared; in a table WITHOUT ROWID, the primary key is first. A virtual
    /// generated column is not stored.
    /// </summary>
    public static IReadOnlyList<string> Columns(DatabaseConnection connection, TableSchema table) =>
        table.IsWithoutRowId
            ? [
                .. connection.Query(
                    "SELECT name FROM pragma_index_xinfo(?1, 'main') ORDER BY seqno",
                    static row => row.GetString(0),
                    table.Name),
            ]
            : [.. table.Columns.Where(c => c.Visibility != ColumnVisibility.VirtualGenerated).Select(c => c.Name)];
}
