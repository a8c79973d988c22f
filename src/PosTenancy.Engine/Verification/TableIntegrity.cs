using System.Collections.Concurrent;
using PosTenancy.Engine.Pages;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Verification;

/// <summary>
/// SQLite's <c>integrity_check</c> of a large file, table by table on several threads. Together with the proof that each page has exactly
/// one use, that is the check of the whole file, which SQLite does on one thread. It only confirms that nothing is wrong: what is wrong,
/// the check of the whole file has to say.
/// </summary>
internal sealed class TableIntegrity : IDisposable
{
    private const long Large = 8 << 20;

    /// <summary>Each thread has a connection with a cache of its own: memory must not grow with the machine.</summary>
    private const int MaxThreads = 4;

    private readonly CheckContext _context;
    private readonly ConcurrentQueue<string> _tables;
    private readonly IReadOnlyList<long> _roots;
    private readonly CancellationTokenSource _stop;
    private readonly Task<bool>[] _others;

    private TableIntegrity(CheckContext context, IEnumerable<string> tables, IReadOnlyList<long> roots)
    {
        _context = context;
        _tables = new ConcurrentQueue<string>(tables);
        _roots = roots;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(context.Connection.Cancellation);
        CancellationToken stop = _stop.Token;
        _others =
        [
            .. Enumerable
                .Range(0, Math.Max(1, Math.Min(MaxThreads, Environment.ProcessorCount) - 1))
                .Select(_ => Task.Run(() => CheckAll(stop))),
        ];
    }

    /// <summary>Begins to check on other threads.</summary>
    /// <param name="context">The file.</param>
    /// <param name="worthwhile">Bytes from which on a file is worth the threads.</param>
    /// <returns><see langword="null"/> for a file that is small, can change, or cannot be checked table by table.</returns>
    public static TableIntegrity? Begin(CheckContext context, long worthwhile = Large)
    {
        if (context.Bytes is not { } bytes || bytes.Length < worthwhile)
        {
            return null;
        }

        Dictionary<string, long> work = context.Schema.Tables.ToDictionary(
            t => t.Name,
            t => (t.Rows ?? 0) * (1 + t.Indexes.Count),
            Identifier.Comparer);
        List<(string Type, string Name, long Root)> entries =
        [
            .. context.Connection.Query(
                "SELECT type, name, rootpage FROM main.sqlite_schema WHERE type IN ('table', 'index')",
                static row => (row.GetString(0), row.GetString(1), row.GetInt64(2))),
        ];
        string[] tables = [.. entries.Where(e => e.Type == "table").Select(e => e.Name).Append("sqlite_schema")];

        // The pragma takes what begins with a number for the number of problems to list.
        return tables.Any(t => t.Length == 0 || t[0] is '+' or '-' or (>= '0' and <= '9'))
            ? null
            : new TableIntegrity(
                context,
                tables.OrderByDescending(t => work.TryGetValue(t, out long rows) ? rows : 0),
                [.. entries.Where(e => e.Root > 0).Select(e => e.Root)]);
    }

    /// <summary>Finishes the check, of which this thread takes its part.</summary>
    /// <returns>Whether the file is intact; if not, or if that cannot be said, the whole file has to be checked.</returns>
    public bool Confirms()
    {
        CancellationToken cancellation = _context.Connection.Cancellation;
        bool isIntact = PageUse.IsExact(new DatabasePages(_context.Path, _context.Bytes!), _roots, cancellation) && CheckAll(_stop.Token);
        cancellation.ThrowIfCancellationRequested();
        return isIntact && Task.WhenAll(_others).GetAwaiter().GetResult().All(intact => intact);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing may have the file open after this: a restore would replace it.
        _stop.Cancel();
        Task.WaitAll(_others);
        _stop.Dispose();
    }

    private bool CheckAll(CancellationToken stop)
    {
        try
        {
            using DatabaseConnection connection = DatabaseConnection.OpenImmutable(_context.Connection.Path, stop);
            _ = connection.TryExecute("PRAGMA cache_size = -4096");
            using IDisposable asInReadOnly = connection.Settings.IgnoreChecks();
            while (_tables.TryDequeue(out string? table))
            {
                string pragma = $"PRAGMA main.integrity_check({Identifier.Quote(table)})";
                if (connection.Query(pragma, static row => row.GetString(0)).Any(problem => problem != "ok"))
                {
                    return false;
                }
            }

            return true;
        }
        catch (Exception exception) when (exception is PosTenancyException or OperationCanceledException)
        {
            return false;
        }
    }
}
