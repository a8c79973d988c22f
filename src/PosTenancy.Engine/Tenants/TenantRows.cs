using System.Globalization;
using System.Text;
using PosTenancy.Engine.Pages;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Tenants;

/// <summary>Rows of a tenant in one table.</summary>
/// <param name="Rows">Number of rows.</param>
/// <param name="Bytes">Bytes that they take; <see langword="null"/> if only SQLite could read the rows.</param>
internal readonly record struct RowTotal(long Rows, long? Bytes);

/// <summary>Counts the rows of each tenant in a table.</summary>
internal static class TenantRows
{
    /// <summary>Counts through SQLite, which also reads a write-ahead log; the bytes stay unknown.</summary>
    public static Dictionary<TenantKey, RowTotal> Count(DatabaseConnection connection, TableSchema table, ColumnSchema column)
    {
        Dictionary<TenantKey, RowTotal> totals = [];
        foreach (TenantDistribution share in DistributionReader.Read(connection, connection.Path, table, column))
        {
            TenantKey key = new(share.StorageClass, share.TenantId);
            totals[key] = new RowTotal(totals.TryGetValue(key, out RowTotal other) ? other.Rows + share.Rows : share.Rows, Bytes: null);
        }

        return totals;
    }

    /// <summary>Counts rows and bytes in the pages of the table: one pass, and memory for each tenant, not for each row.</summary>
    /// <param name="connection">The database.</param>
    /// <param name="pages">Its file.</param>
    /// <param name="root">Root page of the table.</param>
    /// <param name="table">The table.</param>
    /// <param name="column">Its tenant column.</param>
    /// <exception cref="PosTenancyException">The pages are damaged, or have other rows than SQLite counts.</exception>
    public static Dictionary<TenantKey, RowTotal> Measure(
        DatabaseConnection connection, DatabasePages pages, long root, TableSchema table, ColumnSchema column)
    {
        int place = RecordLayout.Columns(connection, table).ToList().FindIndex(c => Identifier.Comparer.Equals(c, column.Name));
        bool isRowId = table.IsRowId(column);
        bool isReal = Affinity(table, column) == ColumnAffinity.Real;
        Dictionary<StoredValue, Counter> counters = [];
        BTreeCells cells = new(pages, root);
        CellRecord record = new(cells);
        while (cells.Read(connection.Cancellation))
        {
            record.Read();
            StoredValue value = isRowId ? new StoredValue(StorageClass.Integer, cells.RowId) : StoredValue.Read(record, place, isReal);
            if (!counters.TryGetValue(value, out Counter? counter))
            {
                counters.Add(value.Copy(), counter = new Counter());
            }

            counter.Rows++;
            counter.Bytes += cells.Size;
        }

        long rows = counters.Values.Sum(c => c.Rows);
        if (table.Rows is { } expected && rows != expected)
        {
            throw pages.Damaged($"the pages of the table {table.Name} have {rows} rows, and SQLite counts {expected}");
        }

        // A row that is older than the column has the same tenant as one that stores the default.
        return counters
            .GroupBy(c => Key(connection, table, column, c.Key, pages.Header.Encoding), c => c.Value)
            .ToDictionary(g => g.Key, g => new RowTotal(g.Sum(c => c.Rows), g.Sum(c => c.Bytes)));
    }

    private static TenantKey Key(
        DatabaseConnection connection, TableSchema table, ColumnSchema column, StoredValue value, Encoding encoding) => value.Class switch
        {
            StorageClass.Missing => DefaultOf(connection, table, column),
            StorageClass.Null => new TenantKey("null", Text: null),
            StorageClass.Integer => new TenantKey("integer", value.Number.ToString(CultureInfo.InvariantCulture)),
            StorageClass.Real => new TenantKey("real", RealText(connection, BitConverter.Int64BitsToDouble(value.Number))),
            StorageClass.Text => new TenantKey("text", Text(value.Bytes, encoding)),
            _ => new TenantKey("blob", Text(value.Bytes, encoding)),
        };

    private static string RealText(DatabaseConnection connection, double value) =>
        connection.Query("SELECT ?1", static row => row.GetString(0), value).First();

    /// <summary>As SQLite reads a text: of UTF-16, a last odd byte is no character.</summary>
    private static string Text(ArraySegment<byte> bytes, Encoding encoding) =>
        encoding.GetString(bytes.Array!, bytes.Offset, encoding is UTF8Encoding ? bytes.Count : bytes.Count & ~1);

    private static ColumnAffinity Affinity(TableSchema table, ColumnSchema column) =>
        table.IsStrict && string.Equals(column.Type, "ANY", StringComparison.OrdinalIgnoreCase)
            ? ColumnAffinity.None
            : ColumnAffinities.FromDeclaredType(column.Type);

    /// <summary>The value of the column in rows that are older than the column: its DEFAULT, which SQLite evaluates.</summary>
    public static TenantKey DefaultOf(DatabaseConnection connection, TableSchema table, ColumnSchema column)
    {
        string type = Affinity(table, column) switch
        {
            ColumnAffinity.Text => "TEXT",
            ColumnAffinity.Integer => "INTEGER",
            ColumnAffinity.Real => "REAL",
            ColumnAffinity.Numeric => "NUMERIC",
            _ => "",
        };
        using DatabaseConnection memory = DatabaseConnection.OpenEmpty(connection.Path, connection.Cancellation);

        // SQLite gives an expression without its parentheses, and a bare word is a text only without them.
        string value = column.DefaultSql ?? "NULL";
        if (memory.TryExecute($"CREATE TABLE d(c {type} DEFAULT ({value}))") != SQLitePCL.raw.SQLITE_OK)
        {
            memory.Execute($"CREATE TABLE d(c {type} DEFAULT {value})");
        }

        memory.Execute("INSERT INTO d DEFAULT VALUES");
        return memory.Query("SELECT typeof(c), c FROM d", static row => new TenantKey(row.GetString(0), row.GetStringOrNull(1))).First();
    }

    private sealed class Counter
    {
        public long Rows { get; set; }

        public long Bytes { get; set; }
    }

    /// <summary>A value as it is stored.</summary>
    /// <param name="Class">Its storage class.</param>
    /// <param name="Number">An integer, or the bits of a real; else 0.</param>
    /// <param name="Bytes">The bytes of a text or blob.</param>
    private readonly record struct StoredValue(StorageClass Class, long Number, ArraySegment<byte> Bytes = default)
    {
        public static StoredValue Read(CellRecord record, int column, bool isReal) => record.Class(column) switch
        {
            StorageClass.Integer when isReal => FromReal(record.Integer(column)),
            StorageClass.Integer => new StoredValue(StorageClass.Integer, record.Integer(column)),
            StorageClass.Real => FromReal(record.Real(column)),
            StorageClass.Text or StorageClass.Blob => new StoredValue(record.Class(column), 0, record.Bytes(column)),
            StorageClass none => new StoredValue(none, 0),
        };

        /// <summary>The same with bytes of its own.</summary>
        public StoredValue Copy() => this with { Bytes = new ArraySegment<byte>(Bytes.AsSpan().ToArray()) };

        public bool Equals(StoredValue other) =>
            Class == other.Class && Number == other.Number && Bytes.AsSpan().SequenceEqual(other.Bytes.AsSpan());

        public override int GetHashCode()
        {
            int hash = Number.GetHashCode();
            foreach (byte next in Bytes.AsSpan())
            {
                hash = unchecked((hash * 31) + next);
            }

            return hash;
        }

        private static StoredValue FromReal(double value) => new(StorageClass.Real, BitConverter.DoubleToInt64Bits(value));
    }
}
