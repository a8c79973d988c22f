using System.Diagnostics;
using PosTenancy.Engine.Files;
using SQLitePCL;

namespace PosTenancy.Engine.Sqlite;

/// <summary>
/// Copies a database with SQLite's online backup (sqlite.org/backup.html), log included, page by page into a new file. The schema is not
/// used, so no collation or module of the application is needed.
/// </summary>
internal sealed class DatabaseCopy : IDisposable
{
    /// <summary>Pages of the first step if other programs may be waiting for the lock.</summary>
    private const int FewPages = 256;

    /// <summary>Pages of each step if no program has to wait.</summary>
    private const int ManyPages = 2048;

    /// <summary>How many times longer a step may be than the one before it.</summary>
    private const double MaxGrowth = 8;

    /// <summary>
    /// How often others may write during the copy, so that it begins again, before it is given up. Each time the steps become longer.
    /// </summary>
    private const int MaxRestarts = 20;

    /// <summary>How long a step is to hold the lock of a reader, for which a writer has to wait.</summary>
    private static readonly TimeSpan ShortStep = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan LongStep = TimeSpan.FromMilliseconds(210);

    /// <summary>How long to wait for writers.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly DatabaseConnection _source;
    private readonly sqlite3_backup _backup;
    private readonly Action<long, long> _progress;

    private DatabaseCopy(DatabaseConnection source, sqlite3 copy, Action<long, long> progress)
    {
        _source = source;
        _progress = progress;
        _backup = raw.sqlite3_backup_init(copy, "main", source.Handle, "main");
    }

    /// <summary>Copies the state that a connection reads into an open database, whose content it replaces.</summary>
    /// <param name="source">Connection to the database to copy.</param>
    /// <param name="target">Connection to the copy.</param>
    /// <param name="progress">Receives the number of pages copied and the total.</param>
    public static void Write(DatabaseConnection source, DatabaseConnection target, Action<long, long> progress)
    {
        using DatabaseCopy copy = new(source, target.Handle, progress);
        copy.Run();
    }

    /// <summary>Copies a database, which may be in use, into a private folder that does not exist yet.</summary>
    /// <param name="file">The database.</param>
    /// <param name="target">Path of the copy in that folder. It gets the database's permissions, and can be written.</param>
    /// <param name="work">The report of this work; it is sent again and again, with the pages that are done, and of how many.</param>
    /// <param name="progress">Receives the reports.</param>
    /// <param name="cancellation">Cancels between two steps.</param>
    /// <exception cref="PosTenancyException">The database cannot be read, or others keep writing.</exception>
    public static void WritePrivately(
        DatabaseFile file, string target, StageProgress work, IProgress<StageProgress>? progress, CancellationToken cancellation)
    {
        DurableFile.CreatePrivateFolder(Path.GetDirectoryName(target)!);
        DurableFile.CreateAs(file.Path, target, length: 0).Dispose();
        using (LiveDatabase live = LiveDatabase.Open(file, cancellation))
        {
            Write(live, target, (done, total) => progress?.Report(work with { Completed = done, Total = total }));
        }

        // The database may be marked as read-only.
        FileInfo copy = new(target);
        if (copy.IsReadOnly)
        {
            copy.IsReadOnly = false;
        }
    }

    /// <summary>
    /// Copies one state of the database. Readers of a write-ahead log keep no writer waiting; without one, the lock of a reader is taken
    /// for a fraction of a second at a time, and the copy begins again when another program has written in between.
    /// </summary>
    /// <param name="live">Database to copy.</param>
    /// <param name="target">Path of the copy: an empty file, or none.</param>
    /// <param name="progress">Receives the number of pages copied and the total.</param>
    /// <param name="longest">How long a step may hold the lock once the copy had to begin again.</param>
    /// <exception cref="PosTenancyException">The database cannot be read, or others keep writing.</exception>
    public static void Write(LiveDatabase live, string target, Action<long, long> progress, TimeSpan? longest = null)
    {
        using sqlite3 file = Open(target);
        using DatabaseCopy copy = new(live.Connection, file, progress);
        if (live.KeepsWritersWaiting)
        {
            copy.RunBesideWriters(longest ?? LongStep);
        }
        else
        {
            _ = live.Read(source =>
            {
                // The first read determines the state that the transaction reads.
                _ = source.Scalar("SELECT count(*) FROM main.sqlite_schema");
                copy.Run();
                return true;
            });
        }

        live.RequireUnchanged();
    }

    /// <inheritdoc/>
    public void Dispose() => _backup.Dispose();

    private static sqlite3 Open(string target)
    {
        int result = raw.sqlite3_open_v2(target, out sqlite3 copy, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE, null);

        // The copy is not needed after a crash.
        result = result == raw.SQLITE_OK ? raw.sqlite3_exec(copy, "PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF") : result;
        if (result == raw.SQLITE_OK)
        {
            return copy;
        }

        using (copy)
        {
            throw SqliteErrors.Translate(target, SqliteException.Last(copy, result));
        }
    }

    private void Run()
    {
        while (!Step(ManyPages))
        {
        }
    }

    private void RunBesideWriters(TimeSpan longStep)
    {
        // SQLite would ask for the lock ten times a second; beside a writer that hardly pauses, it has to be asked for more often.
        _ = raw.sqlite3_busy_timeout(_source.Handle, 0);
        int pages = FewPages;
        int restarts = 0;
        long left = long.MaxValue;
        Stopwatch watch = new();
        while (true)
        {
            watch.Restart();
            bool isDone = Step(pages);
            watch.Stop();
            if (isDone)
            {
                return;
            }

            long now = raw.sqlite3_backup_remaining(_backup);
            if (now > left - pages && left != long.MaxValue && ++restarts == MaxRestarts)
            {
                throw Errors.CopyOvertaken(_source.Path, restarts);
            }

            left = now;

            // As many pages as the time allows, by the speed of this step; a short one says little.
            double faster = (restarts == 0 ? ShortStep : longStep).TotalSeconds / watch.Elapsed.TotalSeconds;
            pages = (int)Math.Max(FewPages, pages * Math.Min(MaxGrowth, faster));

            // A writer that waits gets the lock now.
            Thread.Sleep(1);
        }
    }

    /// <summary>Copies some pages, under the lock of a reader.</summary>
    /// <returns>Whether the copy is complete.</returns>
    private bool Step(int pages)
    {
        Stopwatch waiting = Stopwatch.StartNew();
        int result;
        while ((result = raw.sqlite3_backup_step(_backup, pages)) == raw.SQLITE_BUSY && waiting.Elapsed < Patience)
        {
            _source.Cancellation.ThrowIfCancellationRequested();
            Thread.Sleep(1);
        }

        _source.Cancellation.ThrowIfCancellationRequested();
        long total = raw.sqlite3_backup_pagecount(_backup);
        _progress(total - raw.sqlite3_backup_remaining(_backup), total);
        return result switch
        {
            raw.SQLITE_OK => false,
            raw.SQLITE_DONE => true,
            _ => throw SqliteErrors.Translate(_source.Path, new SqliteException(raw.sqlite3_errstr(result).utf8_to_string(), result)),
        };
    }
}
