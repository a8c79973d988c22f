using System.Globalization;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using SQLitePCL;

namespace PosTenancy.Engine.Tenants;

/// <summary>
/// Finds the rows in which two slices differ. They are matched by their primary keys, or as multisets in a table without one, in a
/// temporary database, so that memory does not grow with the rows.
/// </summary>
internal sealed class SliceDifferences : IDisposable
{
    private const int LeftSide = 0;
    private const int RightSide = 1;
    private const int MaxRowText = 500;
    private const int MaxValueText = 60;

    private readonly DatabaseConnection _store;
    private readonly string _tenantId;

    /// <summary>Creates the temporary database.</summary>
    /// <param name="path">Full path of the database that is compared.</param>
    /// <param name="tenantId">Its tenant.</param>
    /// <param name="cancellation">Interrupts the work.</param>
    public SliceDifferences(string path, string tenantId, CancellationToken cancellation)
    {
        _tenantId = tenantId;
        _store = DatabaseConnection.OpenTemporary(path, cancellation);
        _store.Execute(
            "CREATE TABLE differences (id INTEGER PRIMARY KEY, tab TEXT, rowkey TEXT, kind INTEGER, col TEXT, here TEXT, there TEXT)");
    }

    /// <summary>How many differences were found.</summary>
    public long Count { get; private set; }

    /// <summary>The differences, in the order of tables and keys; read one at a time from the temporary database.</summary>
    public IEnumerable<TenantDifference> Read() => _store.Query(
        "SELECT tab, rowkey, kind, col, here, there FROM differences ORDER BY id",
        row => new TenantDifference(
            _store.Path,
            _tenantId,
            row.GetString(0),
            row.GetStringOrNull(1),
            (TenantDifferenceKind)row.GetInt64(2),
            row.GetStringOrNull(4),
            row.GetStringOrNull(5))
        {
            Column = row.GetStringOrNull(3),
        });

    /// <summary>Finds the differences of one table.</summary>
    /// <param name="table">The table, with the maps of the left slice.</param>
    /// <param name="left">The slice of the database.</param>
    /// <param name="right">The slice that it is compared with.</param>
    /// <param name="references">Names of the columns that reference a row.</param>
    public void Find(MovedTable table, TenantSlice left, TenantSlice right, ISet<string> references)
    {
        _store.Execute("BEGIN");
        int[] key = Collect(table, left, right);
        _store.Execute("CREATE TABLE shown (rowkey BLOB, side INTEGER, nth INTEGER, col INTEGER, value)");
        Show(table, left, table.Maps, key, LeftSide);
        Show(table, right, maps: null, key, RightSide);
        _store.Execute("CREATE INDEX shown_rows ON shown (rowkey, side, nth, col)");
        Describe(table, key, references);
        _store.Execute("DROP TABLE shown");
        _store.Execute("DROP TABLE surplus");
        _store.Execute("COMMIT");
    }

    /// <summary>Counts the rows of one table in which the slices differ.</summary>
    /// <param name="table">The table, with the maps of the left slice.</param>
    /// <param name="left">The slice of the database.</param>
    /// <param name="right">The slice that it is compared with.</param>
    /// <returns>The rows that only the right slice has, those that only the left has, and those with one key and other values.</returns>
    public (long Missing, long Extra, long Changed) CountRows(MovedTable table, TenantSlice left, TenantSlice right)
    {
        _store.Execute("BEGIN");
        int[] key = Collect(table, left, right);
        string isChanged = key.Length == 0 ? "0" : "a = 1 AND b = 1";
        (long, long, long) rows = _store.Query(
            $"SELECT total(iif({isChanged}, 0, b)), total(iif({isChanged}, 0, a)), total({isChanged}) " +
            "FROM (SELECT sum(sum0) AS a, sum(sum1) AS b FROM surplus GROUP BY rowkey)",
            static row => (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2))).First();
        _store.Execute("DROP TABLE surplus");
        _store.Execute("COMMIT");
        return rows;
    }

    /// <inheritdoc/>
    public void Dispose() => _store.Dispose();

    /// <summary>Notes the rows of each side that the other does not have.</summary>
    /// <returns>The columns of the key.</returns>
    private int[] Collect(MovedTable table, TenantSlice left, TenantSlice right)
    {
        _store.Execute("CREATE TABLE found (rowkey BLOB, hash BLOB, side INTEGER)");
        _store.Execute(
            "CREATE TABLE surplus (rowkey BLOB, hash BLOB, sum0 INTEGER, sum1 INTEGER, PRIMARY KEY (rowkey, hash)) WITHOUT ROWID");
        int[] key =
        [
            .. table.Table.PrimaryKey.Select(k => IndexOf(table, k)).Where(i => i >= 0),
        ];
        Collect(table, left, table.Maps, key, LeftSide);
        Collect(table, right, maps: null, key, RightSide);
        _store.Execute(
            "INSERT INTO surplus SELECT rowkey, hash, max(0, sum(1 - side) - sum(side)), max(0, sum(side) - sum(1 - side)) " +
            "FROM found GROUP BY rowkey, hash HAVING 2 * sum(side) <> count(*)");
        _store.Execute("DROP TABLE found");
        return key;
    }

    private static int IndexOf(MovedTable table, string column) =>
        table.Columns.ToList().FindIndex(c => Identifier.Comparer.Equals(c, column));

    /// <summary>Notes the key and the hash of every row.</summary>
    private void Collect(MovedTable table, TenantSlice slice, IReadOnlyList<ValueMap?>? maps, int[] key, int side)
    {
        using Statement insert = _store.Prepare("INSERT INTO found VALUES (?1, ?2, ?3)");
        foreach ((_, byte[] rowKey, byte[] hash) in Rows(table, slice, maps, key))
        {
            insert.Restart(rowKey, hash, side);
            _ = insert.Step();
        }
    }

    /// <summary>Keeps the values of every row that the other side does not have.</summary>
    private void Show(MovedTable table, TenantSlice slice, IReadOnlyList<ValueMap?>? maps, int[] key, int side)
    {
        string sum = $"sum{side.ToString(CultureInfo.InvariantCulture)}";
        using Statement take = _store.Prepare(
            $"UPDATE surplus SET {sum} = {sum} - 1 WHERE rowkey = ?1 AND hash = ?2 AND {sum} > 0 RETURNING 1");
        using Statement insert = _store.Prepare("INSERT INTO shown VALUES (?1, ?2, ?3, ?4, ?5)");
        long nth = 0;
        foreach ((Row row, byte[] rowKey, byte[] hash) in Rows(table, slice, maps, key))
        {
            take.Restart(rowKey, hash);
            if (!take.Step())
            {
                continue;
            }

            nth++;
            for (int i = 0; i < table.Columns.Count; i++)
            {
                insert.Restart(rowKey, side, nth, i);
                if (maps?[i]?.Map(row, i, isBack: true) is { } original)
                {
                    original.Bind(insert, 5);
                }
                else
                {
                    insert.BindFrom(5, row, i);
                }

                _ = insert.Step();
            }
        }
    }

    private static IEnumerable<(Row Row, byte[] Key, byte[] Hash)> Rows(
        MovedTable table, TenantSlice slice, IReadOnlyList<ValueMap?>? maps, int[] key)
    {
        using SliceDigest digest = new();
        using RowKey rowKey = new(key, maps);
        using Statement select = slice.Connection.Prepare(slice.Select(table.Table.Name, table.Columns), slice.Parameter);
        while (select.Step())
        {
            byte[] hash = digest.Compute(select.Row, maps);

            // Without a primary key a row is told from others by all its values.
            yield return (select.Row, key.Length == 0 ? hash : rowKey.Read(select.Row), hash);
        }
    }

    private void Describe(MovedTable table, int[] key, ISet<string> references)
    {
        using Statement pair = _store.Prepare(
            "SELECT a.col, a.value, b.value FROM shown AS a JOIN shown AS b ON b.rowkey = a.rowkey AND b.col = a.col " +
            "WHERE a.rowkey = ?1 AND a.side = 0 AND b.side = 1 ORDER BY a.col");
        using Statement rows = _store.Prepare(
            "SELECT side, nth, col, value FROM shown WHERE rowkey = ?1 ORDER BY side DESC, nth, col");
        foreach ((byte[] rowKey, long here, long there) in _store.Query(
            "SELECT rowkey, count(DISTINCT nth) FILTER (WHERE side = 0), count(DISTINCT nth) FILTER (WHERE side = 1) " +
            "FROM shown GROUP BY rowkey",
            static row => (row.GetBytes(0).ToArray(), row.GetInt64(1), row.GetInt64(2))))
        {
            if (key.Length > 0 && here == 1 && there == 1)
            {
                pair.Restart(rowKey);
                DescribeValues(table, key, references, pair);
            }
            else
            {
                rows.Restart(rowKey);
                DescribeRows(table, key, rows);
            }
        }
    }

    private void DescribeValues(MovedTable table, int[] key, ISet<string> references, Statement pair)
    {
        string?[] texts = new string?[table.Columns.Count];
        List<(int Column, string? Here, string? There)> different = [];
        while (pair.Step())
        {
            Row row = pair.Row;
            int column = (int)row.GetInt64(0);
            (string? here, string? there) = (ColumnText.Read(row, 1), ColumnText.Read(row, 2));
            texts[column] = here;
            if (AreEqual(row))
            {
                continue;
            }

            // 1 and '1' look the same.
            bool looksSame = here == there;
            different.Add((column, looksSame ? Typed(row, 1, here) : here, looksSame ? Typed(row, 2, there) : there));
        }

        string keyText = KeyText(key, texts);
        foreach ((int column, string? here, string? there) in different)
        {
            bool isReference = references.Contains(table.Columns[column]);
            Add(
                table,
                keyText,
                isReference ? TenantDifferenceKind.Reference : TenantDifferenceKind.Value,
                table.Columns[column],
                here,
                there);
        }

        static string Typed(Row row, int column, string? text) => $"{text} ({TypeName(row.Type(column))})";
    }

    private void DescribeRows(MovedTable table, int[] key, Statement rows)
    {
        string?[] texts = new string?[table.Columns.Count];
        while (rows.Step())
        {
            Row row = rows.Row;
            int column = (int)row.GetInt64(2);
            texts[column] = ColumnText.Read(row, 3);
            if (column < table.Columns.Count - 1)
            {
                continue;
            }

            bool isMissing = row.GetInt64(0) == RightSide;
            string text = RowText(table, texts);
            Add(
                table,
                key.Length == 0 ? null : KeyText(key, texts),
                isMissing ? TenantDifferenceKind.Missing : TenantDifferenceKind.Extra,
                column: null,
                isMissing ? null : text,
                isMissing ? text : null);
        }
    }

    private void Add(MovedTable table, string? key, TenantDifferenceKind kind, string? column, string? here, string? there)
    {
        Count++;
        _store.Execute(
            "INSERT INTO differences (tab, rowkey, kind, col, here, there) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            table.Table.Name,
            key,
            (long)kind,
            column,
            here,
            there);
    }

    private static string KeyText(int[] key, string?[] texts) => string.Join(", ", key.Select(k => texts[k] ?? "NULL"));

    private static string RowText(MovedTable table, string?[] texts) => Shortened(
        string.Join(", ", table.Columns.Select((c, i) => $"{c} = {Shortened(texts[i] ?? "NULL", MaxValueText)}")),
        MaxRowText);

    private static string Shortened(string text, int most) => text.Length <= most ? text : text.Remove(most) + "…";

    private static string TypeName(int type) => type switch
    {
        raw.SQLITE_INTEGER => "integer",
        raw.SQLITE_FLOAT => "real",
        raw.SQLITE_TEXT => "text",
        raw.SQLITE_BLOB => "blob",
        _ => "null",
    };

    /// <summary>Whether two values have the same storage class and bytes, as the digests compare them.</summary>
    private static bool AreEqual(Row row) => row.Type(1) == row.Type(2) && row.Type(1) switch
    {
        raw.SQLITE_NULL => true,
        raw.SQLITE_INTEGER => row.GetInt64(1) == row.GetInt64(2),
        raw.SQLITE_FLOAT => BitConverter.DoubleToInt64Bits(row.GetDouble(1)) == BitConverter.DoubleToInt64Bits(row.GetDouble(2)),
        raw.SQLITE_TEXT => row.GetUtf8(1).SequenceEqual(row.GetUtf8(2)),
        _ => row.GetBytes(1).SequenceEqual(row.GetBytes(2)),
    };
}
