using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Postgres.Planning;
using PosTenancy.Postgres.Values;

namespace PosTenancy.Postgres.Unloading;

/// <summary>Binds the values of PostgreSQL as those of SQLite: the way back of <see cref="Loading.RowEncoder"/>.</summary>
/// <param name="columns">The columns, in the order of the values.</param>
internal sealed class RowDecoder(IReadOnlyList<TargetColumn> columns)
{
    /// <summary>Binds the values of a row to the parameters ?1, ?2 … of a statement.</summary>
    /// <exception cref="FormatException">SQLite has no such value.</exception>
    public void Bind(TupleReader row, Statement insert)
    {
        for (int i = 0; i < columns.Count; i++)
        {
            if (row.ReadValue(out ReadOnlySpan<byte> value))
            {
                Bind(insert, i + 1, columns[i], value);
            }
            else
            {
                insert.BindNull(i + 1);
            }
        }
    }

    private static void Bind(Statement insert, int parameter, TargetColumn column, ReadOnlySpan<byte> value)
    {
        switch (column.Type)
        {
            case PostgresType.Bigint:
                insert.BindInteger(parameter, BinaryPrimitives.ReadInt64BigEndian(value));
                break;
            case PostgresType.Double:
                double real = BitConverter.Int64BitsToDouble(BinaryPrimitives.ReadInt64BigEndian(value));

                // SQLite would make it NULL.
                insert.BindReal(parameter, double.IsNaN(real) ? throw Refused(column, "NaN") : real);
                break;
            case PostgresType.Text:
                insert.BindText(parameter, value);
                break;
            case PostgresType.Bytea:
                insert.BindBlob(parameter, value);
                break;
            default:
                insert.BindText(parameter, Encoding.UTF8.GetBytes(Date(column, value)));
                break;
        }
    }

    private static string Date(TargetColumn column, ReadOnlySpan<byte> value)
    {
        try
        {
            return column.Type == PostgresType.Date
                ? TextForms.WriteDays(BinaryPrimitives.ReadInt32BigEndian(value))
                : TextForms.WriteMicroseconds(BinaryPrimitives.ReadInt64BigEndian(value));
        }
        catch (Exception exception) when (exception is ArgumentOutOfRangeException or OverflowException)
        {
            throw Refused(column, "a date that is not in the years 1 to 9999");
        }
    }

    private static FormatException Refused(TargetColumn column, string what) => new(string.Format(
        CultureInfo.InvariantCulture, "the column {0} has {1}, which SQLite does not have", column.Name, what));
}
