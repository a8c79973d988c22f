using PosTenancy.Engine.Pages;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Tenants;

/// <summary>
/// The rows of a table that are older than its tenant column: they do not store it, and SQLite reads its DEFAULT instead
/// (sqlite.org/fileformat2.html, 2.1). Without the DEFAULT they would have no tenant.
/// </summary>
/// <param name="Rows">Number of them.</param>
/// <param name="First">Rowid of the first.</param>
/// <param name="Last">Rowid of the last.</param>
internal sealed record OlderRows(long Rows, long First, long Last)
{
    /// <summary>Reads the pages of a file, as far as they belong to some tables: SQLite would not tell these rows from others.</summary>
    /// <param name="connection">The database.</param>
    /// <param name="file">Its file, which must not be written meanwhile.</param>
    /// <param name="tables">Names of the tables.</param>
    /// <param name="columnName">The tenant column.</param>
    /// <param name="reading">Called before each table.</param>
    /// <exception cref="PosTenancyException">The pages are damaged.</exception>
    public static IReadOnlyDictionary<string, OlderRows> Read(
        DatabaseConnection connection, FileStream file, IEnumerable<string> tables, string columnName, Action<string> reading)
    {
        DatabasePages pages = new(connection.Path, file);
        DatabaseSchema schema = SchemaReader.Read(connection, countRows: false);
        Dictionary<string, long> roots = BTree.Read(connection)
            .Where(t => t.Type == "table")
            .ToDictionary(t => t.Name, t => t.Root, Identifier.Comparer);
        Dictionary<string, OlderRows> found = new(Identifier.Comparer);
        foreach (string name in tables)
        {
            reading(name);
            TableSchema table = schema.FindTable(name)!;
            int place = RecordLayout.Columns(connection, table).ToList().FindIndex(c => Identifier.Comparer.Equals(c, columnName));
            found.Add(name, Read(new BTreeCells(pages, roots[table.Name]), place, connection.Cancellation));
        }

        return found;
    }

    private static OlderRows Read(BTreeCells cells, int place, CancellationToken cancellation)
    {
        CellRecord record = new(cells);
        (long rows, long first, long last) = (0, long.MaxValue, long.MinValue);
        while (cells.Read(cancellation))
        {
            record.Read();
            if (record.Class(place) == StorageClass.Missing)
            {
                rows++;
                first = Math.Min(first, cells.RowId);
                last = Math.Max(last, cells.RowId);
            }
        }

        return new OlderRows(rows, first, last);
    }
}
