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
    public static void Run(Statement select, Action<Row, RowBatch> append, Action<RowBatch> use) => Run<RowBatch>(select, append, use);

    /// <summary>Same, in another form of batch.</summary>
    /// <typeparam name="TBatch">What rows are collected in.</typeparam>
    public static void Run<TBatch>(Statement select, Action<Row, TBatch> append, Action<TBatch> use)
        where TBatch : IRowBatch, new()
    {
        using BlockingCollection<TBatch> full = new(Waiting);
        ConcurrentBag<TBatch> empty = [];
        using CancellationTokenSource stop = new();
        CancellationToken stopped = stop.Token;
        Task reader = Task.Run(Read, CancellationToken.None);
        try
        {
            foreach (TBatch batch in full.GetConsumingEnumerable(CancellationToken.None))
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
                TBatch batch = new();
                while (select.Step())
                {
                    append(select.Row, batch);
                    if (batch.Length >= BatchLength)
                    {
                        full.Add(batch, stopped);
                        batch = empty.TryTake(out TBatch? used) ? used : new TBatch();
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

/// <summary>Rows on their way from one thread to another.</summary>
internal interface IRowBatch
{
    /// <summary>Number of bytes.</summary>
    int Length { get; }

    /// <summary>Removes all rows.</summary>
    void Clear();
}
