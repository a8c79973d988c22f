using System.Text;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Postgres.Planning;
using PosTenancy.Postgres.Values;
using SQLitePCL;

namespace PosTenancy.Postgres.Loading;

/// <summary>Writes rows of SQLite as rows of PostgreSQL, without an object for any value.</summary>
/// <remarks>
/// Binary COPY: PostgreSQL's documentation of COPY, "Binary Format". A record is what record_send writes: the number of columns, then for
/// each the OID of its type, its length (-1 for NULL) and its bytes.
/// </remarks>
internal sealed class RowEncoder
{
    private readonly TargetColumn[] _columns;
    private readonly int[] _oids;
    private readonly int _copied;
    private readonly int _tenantColumn;
    private readonly byte[][] _tenants;
    private readonly bool _isUtf8;
    private int _lastTenant;

    /// <summary>Prepares the encoding of a table.</summary>
    /// <param name="table">The table; its columns are those of the rows, in their order.</param>
    /// <param name="slice">The rows.</param>
    public RowEncoder(TargetTable table, CopySlice slice)
    {
        _isUtf8 = slice.IsUtf8;
        _columns = [.. table.Columns];
        _oids = [.. _columns.Select(c => c.Type.Oid())];
        _copied = table.Copied.Count();
        _tenantColumn = table.IsShared ? -1 : Array.FindIndex(_columns, c => c == table.FindColumn(slice.Layout.ColumnName));
        _tenants = [.. slice.TenantIds.Select(Encoding.UTF8.GetBytes)];
    }

    /// <summary>Appends a row to a batch.</summary>
    public void Append(Row row, TupleBatch batch)
    {
        batch.Copy.WriteInt16((short)_copied);
        batch.Records.WriteInt32(_columns.Length);
        for (int i = 0; i < _columns.Length; i++)
        {
            batch.Records.WriteInt32(_oids[i]);
            int start = batch.Records.Length;
            Append(row, i, batch.Records);
            if (i < _copied)
            {
                batch.Copy.Write(batch.Records.Bytes.AsSpan(start, batch.Records.Length - start));
            }
        }

        batch.Rows.Add((batch.Records.Length, _tenantColumn < 0 ? 0 : Tenant(row)));
    }

    private void AppendText(Row row, int column, int type, ByteBuffer bytes)
    {
        if (type == raw.SQLITE_FLOAT)
        {
            // The shortest text that is read back as the same number, which SQLite's own 15 digits need not be.
            AppendBytes(Encoding.UTF8.GetBytes(DecimalText.Write(row.GetDouble(column))), bytes);
        }
        else
        {
            AppendBytes(type == raw.SQLITE_TEXT ? Text(row, column) : row.GetUtf8(column), bytes);
        }
    }

    private static void AppendBytes(ReadOnlySpan<byte> value, ByteBuffer bytes)
    {
        bytes.WriteInt32(value.Length);
        bytes.Write(value);
    }

    /// <summary>A text in UTF-8; one that is stored so is not converted, nor measured.</summary>
    private ReadOnlySpan<byte> Text(Row row, int column) => _isUtf8 ? row.GetBytes(column) : row.GetUtf8(column);

    /// <summary>The number of the row's tenant; neighbouring rows mostly have the same.</summary>
    private int Tenant(Row row)
    {
        ReadOnlySpan<byte> tenant = Text(row, _tenantColumn);
        if (!tenant.SequenceEqual(_tenants[_lastTenant]))
        {
            _lastTenant = 0;
            while (!tenant.SequenceEqual(_tenants[_lastTenant]))
            {
                _lastTenant++;
            }
        }

        return _lastTenant;
    }

    private void Append(Row row, int column, ByteBuffer bytes)
    {
        int type = row.Type(column);
        if (type == raw.SQLITE_NULL)
        {
            bytes.WriteInt32(-1);
            return;
        }

        switch (_columns[column].Type)
        {
            case PostgresType.Bigint:
                bytes.WriteInt32(sizeof(long));
                bytes.WriteInt64(row.GetInt64(column));
                break;
            case PostgresType.Double:
                bytes.WriteInt32(sizeof(double));
                bytes.WriteInt64(BitConverter.DoubleToInt64Bits(row.GetDouble(column)));
                break;
            case PostgresType.Date:
                bytes.WriteInt32(sizeof(int));
                bytes.WriteInt32(TextForms.ReadDays(row.GetUtf8(column)));
                break;
            case PostgresType.Timestamp:
                bytes.WriteInt32(sizeof(long));
                bytes.WriteInt64(TextForms.ReadMicroseconds(row.GetUtf8(column)));
                break;
            case PostgresType.Text:
                AppendText(row, column, type, bytes);
                break;
            default:
                AppendBytes(type == raw.SQLITE_TEXT ? Text(row, column) : row.GetBytes(column), bytes);
                break;
        }
    }
}
