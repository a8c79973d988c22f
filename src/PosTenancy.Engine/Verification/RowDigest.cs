using PosTenancy.Engine.Files;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Verification;

/// <summary>
/// The rows of a table as their count and the sum of their hashes: independent of their order, and computed in the memory of one row.
/// </summary>
/// <param name="Rows">Number of rows.</param>
/// <param name="Sum">Sum of their SHA-256 values as numbers, modulo 2 to the 256th; 64 hexadecimal digits.</param>
internal sealed record RowDigest(long Rows, string Sum)
{
    /// <summary>Reads every row.</summary>
    /// <param name="connection">Database to read.</param>
    /// <param name="select">SELECT statement that returns the columns to hash.</param>
    public static RowDigest Read(DatabaseConnection connection, string select)
    {
        using RowHash hash = new();
        RowSum sum = new();
        foreach (byte[] row in connection.Query(select, row => hash.Compute(row, first: 0)))
        {
            sum.Add(row);
        }

        return sum.Digest;
    }

    /// <summary>The digest of these rows and others together.</summary>
    public RowDigest Plus(RowDigest other)
    {
        RowSum sum = new();
        sum.Add(this);
        sum.Add(other);
        return sum.Digest;
    }
}

/// <summary>Adds up the hashes of rows.</summary>
internal sealed class RowSum
{
    private readonly byte[] _sum = new byte[32];
    private long _rows;

    /// <summary>The rows so far.</summary>
    public RowDigest Digest => new(_rows, FileDigest.ToHex(_sum));

    /// <summary>Adds a row.</summary>
    /// <param name="hash">Its SHA-256.</param>
    public void Add(byte[] hash) => Add(1, hash);

    /// <summary>Adds the rows of a digest.</summary>
    public void Add(RowDigest rows) => Add(
        rows.Rows,
        [.. Enumerable.Range(0, _sum.Length).Select(i => Convert.ToByte(rows.Sum.Substring(2 * i, 2), 16))]);

    private void Add(long rows, byte[] hash)
    {
        _rows += rows;
        int carry = 0;
        for (int i = _sum.Length - 1; i >= 0; i--)
        {
            carry += _sum[i] + hash[i];
            _sum[i] = (byte)carry;
            carry >>= 8;
        }
    }
}
