using System.Diagnostics;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Queries;

/// <summary>
/// Reads a live database with many concurrent connections, each on its own thread: a thread pool would start them one after the other.
/// </summary>
internal sealed class ConcurrentReaders : IDisposable
{
    /// <summary>Samples kept per query and reader: enough for a median of all readers, few enough for a thousand readers.</summary>
    private const int SamplesKept = 50;

    /// <summary>In bytes; sufficient to compile and step a statement.</summary>
    private const int StackSize = 512 * 1024;

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    private readonly LiveDatabase _live;
    private readonly IReadOnlyList<QueryPair> _queries;
    private readonly string _tenantId;
    private readonly CancellationToken _cancellation;
    private readonly CountdownEvent _connected;
    private readonly Stopwatch _watch = new();
    private readonly int[] _runs;
    private readonly List<double>[] _samples;
    private readonly List<string>[] _errors;
    private readonly List<string> _notConnected = [];

    private ConcurrentReaders(
        LiveDatabase live,
        IReadOnlyList<QueryPair> queries,
        string tenantId,
        int readers,
        CancellationToken cancellation)
    {
        _live = live;
        _queries = queries;
        _tenantId = tenantId;
        _cancellation = cancellation;
        _connected = new CountdownEvent(readers);
        _runs = new int[queries.Count];
        _samples = [.. queries.Select(_ => new List<double>())];
        _errors = [.. queries.Select(_ => new List<string>())];
    }

    /// <summary>Runs every query at least once, and all of them together for a second.</summary>
    /// <returns>For each query its times, the number of failed runs, and the first error message.</returns>
    public static IReadOnlyList<(QueryTimes? Times, int Errors, string Error)> Run(
        LiveDatabase live, IReadOnlyList<QueryPair> queries, string tenantId, int readers, CancellationToken cancellation)
    {
        using ConcurrentReaders run = new(live, queries, tenantId, readers, cancellation);
        List<Thread> threads =
        [
            .. Enumerable
                .Range(0, readers)
                .Select(i => new Thread(() => run.Read(i), StackSize) { IsBackground = true, Name = $"reader {i}" }),
        ];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        cancellation.ThrowIfCancellationRequested();
        return
        [
            .. run._samples.Select((samples, i) => (
                samples.Count == 0 ? (QueryTimes?)null : QueryTimes.From(samples),
                run._errors[i].Count + run._notConnected.Count,
                run._notConnected.Concat(run._errors[i]).FirstOrDefault() ?? "")),
        ];
    }

    /// <inheritdoc/>
    public void Dispose() => _connected.Dispose();

    private void Read(int reader)
    {
        bool isCounted = false;
        try
        {
            using DatabaseConnection connection = _live.OpenAnother();
            List<Statement> queries = [.. _queries.Select(q => q.Prepare(connection, isAfter: true, _tenantId))];
            try
            {
                // Every reader holds a transaction on the file before the first one continues, so that they run concurrently.
                connection.InReadTransaction(() =>
                {
                    connection.Scalar("SELECT count(*) FROM sqlite_schema");
                    isCounted = true;
                    _connected.Signal();
                    _connected.Wait(_cancellation);
                    return 0;
                });
                Loop(connection, queries, reader * _queries.Count / _connected.InitialCount);
            }
            finally
            {
                queries.ForEach(q => q.Dispose());
            }
        }
        catch (OperationCanceledException)
        {
            // The starting thread detects this itself.
        }
        catch (Exception exception)
        {
            lock (_notConnected)
            {
                _notConnected.Add(exception.Message);
            }
        }
        finally
        {
            if (!isCounted)
            {
                _connected.Signal();
            }
        }
    }

    private void Loop(DatabaseConnection connection, List<Statement> queries, int start)
    {
        lock (_watch)
        {
            _watch.Start();
        }

        List<double>[] samples = [.. queries.Select(_ => new List<double>())];
        for (int i = 0; i == 0 || IsGoingOn(); i++)
        {
            int query = (start + i) % queries.Count;
            long begin = Stopwatch.GetTimestamp();
            try
            {
                connection.InReadTransaction(queries[query].Run);
                if (samples[query].Count < SamplesKept)
                {
                    samples[query].Add((double)(Stopwatch.GetTimestamp() - begin) / Stopwatch.Frequency);
                }
            }
            catch (PosTenancyException exception)
            {
                lock (_errors[query])
                {
                    _errors[query].Add(exception.Message);
                }
            }

            Interlocked.Increment(ref _runs[query]);
            _cancellation.ThrowIfCancellationRequested();
        }

        for (int query = 0; query < samples.Length; query++)
        {
            lock (_samples[query])
            {
                _samples[query].AddRange(samples[query]);
            }
        }
    }

    private bool IsGoingOn() => _watch.Elapsed < Shortest || _runs.Contains(0);
}
