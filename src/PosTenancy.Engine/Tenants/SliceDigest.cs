using System.Security.Cryptography;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Tenants;

/// <summary>
/// The rows of a table in a slice, as their count and the sum of their hashes: independent of their order, of the encoding of the
/// database, and of the rules for keys, since new keys are replaced by the original ones. Computed in the memory of a few rows.
/// </summary>
internal sealed class SliceDigest : IDisposable
{
    private readonly SHA256 _hash = SHA256.Create();
    private readonly RowBatch _row = new();

    /// <summary>Reads every row of a table in a slice.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="table">The table, with its columns to hash.</param>
    /// <param name="isBack">Whether the values changed on their way into this database.</param>
    /// <returns>The digest of all columns, and that of the columns that no rule changes.</returns>
    public static (RowDigest All, RowDigest Content) Read(TenantSlice slice, MovedTable table, bool isBack)
    {
        using SliceDigest digest = new();
        RowSum all = new();
        RowSum content = new();
        bool isMapped = table.IsMapped;
        using Statement select = slice.Connection.Prepare(slice.Select(table.Table.Name, table.Columns), slice.Parameter);
        RowPipe.Run(
            select,
            (row, batch) =>
            {
                batch.AppendRow(row, table.Columns.Count, isBack ? table.Maps : null, isBack: true);
                if (isMapped)
                {
                    table.AppendContent(row, batch);
                }
            },
            batch =>
            {
                int start = 0;
                for (int i = 0; i < batch.Ends.Count; i++)
                {
                    (isMapped && i % 2 == 1 ? content : all).Add(digest.Hash(batch, start, batch.Ends[i]));
                    start = batch.Ends[i];
                }
            });
        return (all.Digest, isMapped ? content.Digest : all.Digest);
    }

    /// <summary>Hashes a row.</summary>
    /// <returns>32 bytes.</returns>
    public byte[] Compute(Row row, IReadOnlyList<ValueMap?>? maps)
    {
        _row.Clear();
        _row.AppendRow(row, row.Columns, maps, isBack: true);
        return Hash(_row, 0, _row.Length);
    }

    /// <summary>Hashes some bytes of a batch.</summary>
    /// <returns>32 bytes.</returns>
    public byte[] Hash(RowBatch batch, int start, int end) => _hash.ComputeHash(batch.Bytes, start, end - start);

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();
}
