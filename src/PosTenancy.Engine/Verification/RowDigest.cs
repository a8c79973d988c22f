using PosTenancy.Engine.Files;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Verification;

/// <summary>
/// The rows of a table as their number and the sum of their hashes: the same whatever order they lie in, and in the memory of one row.
/// </summary>
/// <param name="Rows">How many rows.</param>
/// <param name="Sum">The sum of their SHA-256 as numbers, modulo 2 to the 256th; 64 hexadecimal digits.</param>
internal sealed record RowDigest(long Rows, string Sum)
{
    /// <summary>Reads every row.</summary>
    /// <param name="connection">The database.</param>
    /// <param name="select">The columns to hash.</param>
    public static RowDigest Read(DatabaseConnection connection, string select)
    {
        using RowHash hash = new();
        byte[] sum = new byte[32];
        long rows = 0;
        foreach (byte[] row in connection.Query(select, reader => hash.Compute(reader.Handle!, first: 0)))
        {
            rows++;
            int carry = 0;
            for (int i = sum.Length - 1; i >= 0; i--)
            {
                carry += sum[i] + row[i];
                sum[i] = (byte)carry;
                carry >>= 8;
            }
        }

        return new RowDigest(rows, FileDigest.ToHex(sum));
    }
}
