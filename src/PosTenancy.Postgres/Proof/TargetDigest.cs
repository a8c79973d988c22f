using System.Globalization;
using System.Numerics;
using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;
using PosTenancy.Postgres.Planning;
using PosTenancy.Postgres.Server;

namespace PosTenancy.Postgres.Proof;

/// <summary>
/// The rows of a table in PostgreSQL, hashed and added up there by one statement: no row travels, and on Citus each shard adds up its own.
/// </summary>
internal static class TargetDigest
{
    /// <summary>Bytes of the hash in each sum: 7 at most, since a bigint has a sign.</summary>
    private static readonly int[] Lanes = [7, 7, 6, 6, 6];

    /// <summary>The statement. Its rows are the tenant, the number of rows, and the sums as text.</summary>
    /// <param name="columns">All columns of the table.</param>
    /// <param name="name">Quoted name of the table.</param>
    /// <param name="tenantColumn">The tenant column; <see langword="null"/> for a table that all tenants share.</param>
    /// <remarks>
    /// The function that returns a set keeps the planner from merging the queries, which would compute the hash again for each of its
    /// bytes; unlike OFFSET or a volatile function, it may run in parallel and on the shards.
    /// </remarks>
    public static string Sql(IEnumerable<string> columns, string name, string? tenantColumn)
    {
        string tenant = tenantColumn is null ? "''::text" : Identifier.Quote(tenantColumn);
        string condition = tenantColumn is null ? "" : $" WHERE {tenant} = ANY($1)";
        return
            $"SELECT t, count(*)::text, {string.Join(", ", Sums())} FROM (SELECT {tenant} AS t, sha256(record_send(ROW(" +
            $"{TableDdl.List(columns)}))) AS h, generate_series(1, 1) FROM {name}{condition}) AS r GROUP BY t";
    }

    /// <summary>Runs the statement.</summary>
    /// <returns>The digest of each tenant that has rows; of a shared table under the empty name.</returns>
    public static IReadOnlyDictionary<string, RowDigest> Read(
        TargetServer server, TargetTable table, string name, string? tenantColumn, IReadOnlyList<string> tenantIds) =>
        server.Query(
            Sql(table.Columns.Select(c => c.Name), name, tenantColumn),
            reader => (
                Tenant: reader.GetString(0),
                Rows: new RowDigest(
                    long.Parse(reader.GetString(1), CultureInfo.InvariantCulture),
                    Combine(Enumerable.Range(2, Lanes.Length).Select(i =>
                        BigInteger.Parse(reader.GetString(i), CultureInfo.InvariantCulture))))),
            tenantColumn is null ? [] : [tenantIds.ToArray()])
        .ToDictionary(d => d.Tenant, d => d.Rows, StringComparer.Ordinal);

    /// <summary>The digest of no rows.</summary>
    public static RowDigest Empty { get; } = new RowSum().Digest;

    private static IEnumerable<string> Sums()
    {
        int first = 0;
        foreach (int lane in Lanes)
        {
            int start = first;
            yield return $"sum({string.Join(" | ", Enumerable.Range(0, lane).Select(i => Byte(start + i, 8 * (lane - 1 - i))))})::text";
            first += lane;
        }
    }

    private static string Byte(int index, int shift) => string.Format(
        CultureInfo.InvariantCulture,
        shift == 0 ? "get_byte(h, {0})::bigint" : "(get_byte(h, {0})::bigint << {1})",
        index,
        shift);

    /// <summary>The sums of all lanes as one number modulo 2 to the 256th, in 64 hexadecimal digits.</summary>
    private static string Combine(IEnumerable<BigInteger> sums)
    {
        BigInteger total = BigInteger.Zero;
        foreach ((BigInteger sum, int bytes) in sums.Zip(Lanes, (s, l) => (s, l)))
        {
            total = (total << (8 * bytes)) + sum;
        }

        total %= BigInteger.One << 256;

        // BigInteger writes a leading zero to keep the sign.
        string hex = total.ToString("x64", CultureInfo.InvariantCulture);
        return hex.Length > 64 ? hex.Substring(hex.Length - 64) : hex;
    }
}
