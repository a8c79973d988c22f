using System.Collections.Concurrent;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Tenants;

/// <summary>Reads rows on another thread, while this one does something with those that were read before. Memory stays flat.</summary>
internal static class RowPipe
{
    /// <summary>Bytes from which on a batch is passed on.</summary>
    private const int BatchLength = 1 << 16;

    /// <summary>Batches that may wait.</summary>
    private const int Waiting = 4;

    /// <summary>Reads every row of a statement.</summary>
    /// <param name="select">The statement; it belongs to the other thread until this method returns.</param>
    /// <param name="append">Appends a row to a batch, on the other thread.</param>
    /// <param name="use">Uses a batch, on this thread.</param>
    public static void Run(Statement select, Action<Row, RowBatch> append, Action<RowBatch> use)
    {
        using BlockingCollection<RowBatch> full = new(Waiting);
        ConcurrentBag<RowBatch> empty = [];
        using CancellationTokenSource stop = new();
        CancellationToken stopped = stop.Token;
        Task reader = Task.Run(Read, CancellationToken.None);
        try
        {
            foreach (RowBatch batch in full.GetConsumingEnumerable(CancellationToken.None))
            {
                use(batch);
                batch.Clear();
                empty.Add(batch);
            }
        }
        catch
        {
            stop.Cancel();
            _ = Task.WhenAny(reader).GetAwaiter().GetResult();
            throw;
        }

        reader.GetAwaiter().GetResult();

        void Read()
        {
            try
            {
                RowBatch batch = new();
                while (select.Step())
                {
                    append(select.Row, batch);
                    if (batch.Length >= BatchLength)
                    {
                        full.Add(batch, stopped);
                        batch = empty.TryTake(out RowBatch? used) ? used : new RowBatch();
                    }
                }

                full.Add(batch, stopped);
            }
            finally
            {
                full.CompleteAdding();
            }
        }
    }
}
