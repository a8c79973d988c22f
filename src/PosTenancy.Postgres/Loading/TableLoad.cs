using Npgsql;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Tenants;
using PosTenancy.Engine.Verification;
using PosTenancy.Postgres.Planning;
using PosTenancy.Postgres.Proof;
using PosTenancy.Postgres.Server;
using PosTenancy.Postgres.Values;

namespace PosTenancy.Postgres.Loading;

/// <summary>
/// Sends the rows of a table by binary COPY. Reading, sending and hashing run side by side, in the memory of a few batches.
/// </summary>
internal static class TableLoad
{
    /// <summary>Signature, flags and length of the extension of a binary COPY.</summary>
    private static readonly byte[] Header =
        [.. "PGCOPY\n"u8, 0xFF, (byte)'\r', (byte)'\n', 0, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>A tuple of -1 columns ends it.</summary>
    private static readonly byte[] Trailer = [0xFF, 0xFF];

    /// <summary>Sends all rows of a slice.</summary>
    /// <param name="slice">The rows.</param>
    /// <param name="table">The table.</param>
    /// <param name="server">The transaction of the copy.</param>
    /// <param name="name">Quoted name of the table at the target.</param>
    /// <param name="progress">Receives the number of rows sent so far.</param>
    /// <returns>The digest of what was sent, for each tenant of the slice.</returns>
    public static IReadOnlyList<RowDigest> Run(
        CopySlice slice, TargetTable table, TargetServer server, string name, Action<long> progress)
    {
        using TenantDigests digests = new(slice.TenantIds.Count);
        RowEncoder encoder = new(table, slice);
        using Statement select = slice.Select(table.Source, table.Columns.Select(c => c.Name));

        // The end of a COPY may have to wait for another session that writes the same key.
        using (server.StopsOnCancel())
        using (NpgsqlRawCopyStream copy = server.BeginCopy(
            $"COPY {name} ({TableDdl.List(table.Copied.Select(c => c.Name))}) FROM STDIN (FORMAT BINARY)"))
        {
            long rows = 0;
            copy.Write(Header, 0, Header.Length);
            try
            {
                RowPipe.Run<TupleBatch>(select, encoder.Append, batch =>
                {
                    Task hash = Task.Run(() => digests.Add(batch));
                    try
                    {
                        copy.Write(batch.Copy.Bytes, 0, batch.Copy.Length);
                    }
                    finally
                    {
                        hash.GetAwaiter().GetResult();
                    }

                    rows += batch.Rows.Count;
                    progress(rows);
                });
                copy.Write(Trailer, 0, Trailer.Length);
            }
            catch
            {
                // Disposing would end the COPY as if it were complete; the transaction is rolled back in any case.
                copy.Cancel();
                throw;
            }
        }

        return [.. Enumerable.Range(0, Math.Max(1, slice.TenantIds.Count)).Select(i => digests[i])];
    }
}
