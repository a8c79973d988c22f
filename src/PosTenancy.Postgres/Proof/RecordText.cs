using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using PosTenancy.Engine.Files;
using PosTenancy.Postgres.Values;

namespace PosTenancy.Postgres.Proof;

/// <summary>The fields of a record as record_send writes them.</summary>
internal static class RecordText
{
    /// <summary>Longer values are cut for display.</summary>
    private const int MaxLength = 4096;

    /// <summary>The fields: where each begins and ends; an end before its beginning is a NULL.</summary>
    public static List<(int Oid, int Start, int Length)> Fields(byte[] record)
    {
        int count = BinaryPrimitives.ReadInt32BigEndian(record);
        List<(int Oid, int Start, int Length)> fields = [];
        int start = sizeof(int);
        for (int i = 0; i < count; i++)
        {
            int oid = BinaryPrimitives.ReadInt32BigEndian(record.AsSpan(start));
            int length = BinaryPrimitives.ReadInt32BigEndian(record.AsSpan(start + sizeof(int)));
            start += 2 * sizeof(int);
            fields.Add((oid, start, length));
            start += Math.Max(0, length);
        }

        return fields;
    }

    /// <summary>A field as text; <see langword="null"/> for a NULL.</summary>
    public static string? Text(byte[] record, (int Oid, int Start, int Length) field)
    {
        if (field.Length < 0)
        {
            return null;
        }

        ReadOnlySpan<byte> bytes = record.AsSpan(field.Start, field.Length);
        if (field.Oid == PostgresType.Bigint.Oid())
        {
            return BinaryPrimitives.ReadInt64BigEndian(bytes).ToString(CultureInfo.InvariantCulture);
        }

        if (field.Oid == PostgresType.Double.Oid())
        {
            return DecimalText.Write(BitConverter.Int64BitsToDouble(BinaryPrimitives.ReadInt64BigEndian(bytes)));
        }

        if (field.Oid == PostgresType.Date.Oid())
        {
            int days = BinaryPrimitives.ReadInt32BigEndian(bytes);
            return Date(() => TextForms.WriteDays(days));
        }

        if (field.Oid == PostgresType.Timestamp.Oid())
        {
            long microseconds = BinaryPrimitives.ReadInt64BigEndian(bytes);
            return Date(() => TextForms.WriteMicroseconds(microseconds));
        }

        byte[] shown = bytes.Slice(0, Math.Min(bytes.Length, MaxLength)).ToArray();
        return field.Oid == PostgresType.Text.Oid() ? Encoding.UTF8.GetString(shown) : FileDigest.ToHex(shown);
    }

    /// <summary>All fields in one line.</summary>
    public static string Text(byte[] record, IEnumerable<int> fields)
    {
        List<(int Oid, int Start, int Length)> all = Fields(record);
        return string.Join(", ", fields.Select(i => Text(record, all[i]) ?? "NULL"));
    }

    /// <summary>PostgreSQL has dates that no text of SQLite's functions has, such as infinity.</summary>
    private static string Date(Func<string> write)
    {
        try
        {
            return write();
        }
        catch (Exception exception) when (exception is ArgumentOutOfRangeException or OverflowException)
        {
            return "a date outside the years 1 to 9999";
        }
    }
}
