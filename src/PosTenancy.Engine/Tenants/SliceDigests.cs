using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Tenants;

/// <summary>The rows of a slice, as the digest of each table.</summary>
internal sealed class SliceDigests
{
    private readonly Dictionary<string, RowDigest> _tables;
    private readonly IReadOnlyList<TableSchema> _order;

    private SliceDigests(IReadOnlyList<TableSchema> order, Dictionary<string, RowDigest> tables)
    {
        _order = order;
        _tables = tables;
    }

    /// <summary>Number of rows.</summary>
    public long Rows => _tables.Values.Sum(t => t.Rows);

    /// <summary>SHA-256 of all of them: two slices with the same rows have the same.</summary>
    public string Sha256 => Checksum.Compute(string.Join("\n", _order.Select(t => $"{t.Name} {this[t].Rows} {this[t].Sum}")));

    /// <summary>The digest of a table.</summary>
    public RowDigest this[TableSchema table] => _tables[table.Name];

    /// <summary>Reads every row of a slice.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="layout">Its tables.</param>
    /// <param name="reading">Receives each table before it is read.</param>
    public static SliceDigests Read(TenantSlice slice, TenantLayout layout, Action<TableSchema> reading)
    {
        Dictionary<string, RowDigest> tables = new(Identifier.Comparer);
        foreach (TableSchema table in layout.Tables)
        {
            reading(table);
            tables.Add(table.Name, SliceDigest.Read(slice, MovedTable.Unchanged(table, layout), isBack: false).All);
        }

        return new SliceDigests(layout.Tables, tables);
    }
}
