using System.Globalization;
using PosTenancy.Engine.Pages;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Tenants;

/// <summary>Which rows of a table belong to some tenants, read from the pages of a file.</summary>
internal sealed class TenantCells
{
    private readonly int _place;
    private readonly string[] _tenants;
    private readonly byte[][] _encoded;
    private readonly bool _isDefault;
    private BTreeCells? _cells;
    private CellRecord? _record;

    private TenantCells(int place, string[] tenants, byte[][] encoded, bool isDefault)
    {
        _place = place;
        _tenants = tenants;
        _encoded = encoded;
        _isDefault = isDefault;
    }

    /// <summary>Prepares the reading of a table.</summary>
    /// <param name="connection">The database.</param>
    /// <param name="pages">Its file.</param>
    /// <param name="table">The table, as the database has it.</param>
    /// <param name="columnName">The column that names the tenant.</param>
    /// <param name="tenants">The tenants.</param>
    public static TenantCells Read(
        DatabaseConnection connection, DatabasePages pages, TableSchema table, string columnName, IReadOnlyCollection<string> tenants)
    {
        ColumnSchema column = table.FindColumn(columnName)!;
        int place = RecordLayout.Columns(connection, table).ToList().FindIndex(c => Identifier.Comparer.Equals(c, column.Name));

        // A row that is older than the column does not store its value.
        TenantKey older = TenantRows.DefaultOf(connection, table, column);
        return new TenantCells(
            place,
            [.. tenants],
            [.. tenants.Select(pages.Header.Encoding.GetBytes)],
            older.Text is { } text && tenants.Contains(text, StringComparer.Ordinal));
    }

    /// <summary>Whether the current row belongs to one of the tenants.</summary>
    /// <exception cref="PosTenancyException">The row is damaged.</exception>
    public bool Contains(BTreeCells cells)
    {
        if (_tenants.Length == 0)
        {
            return false;
        }

        if (_cells != cells)
        {
            _cells = cells;
            _record = new CellRecord(cells);
        }

        CellRecord record = _record!;
        record.Read();
        return record.Class(_place) switch
        {
            StorageClass.Missing => _isDefault,
            StorageClass.Text => IsEncoded(record.Bytes(_place)),
            StorageClass.Integer => _tenants.Contains(record.Integer(_place).ToString(CultureInfo.InvariantCulture)),
            _ => false,
        };
    }

    private bool IsEncoded(ArraySegment<byte> bytes)
    {
        foreach (byte[] tenant in _encoded)
        {
            if (tenant.AsSpan().SequenceEqual(bytes.AsSpan()))
            {
                return true;
            }
        }

        return false;
    }
}
