using System.Diagnostics;
using SQLitePCL;

namespace PosTenancy.Engine.Sqlite;

/// <summary>
/// A live database that nobody else can read or write until it is disposed, with its write-ahead log folded in, so that the bytes of the
/// file are the whole database.
/// </summary>
/// <remarks>
/// In exclusive locking mode SQLite keeps the lock between transactions: backup, migration, verification and an automatic restore see
/// one state. The raw stream is opened before the lock and closed after it, because on POSIX closing any descriptor of the file
/// would drop the lock (sqlite.org/howtocorrupt.html, 2.2).
/// </remarks>
internal sealed class ExclusiveDatabase : IDisposable
{
    /// <summary>How long to wait for others unless the caller says.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(5);

    private ExclusiveDatabase(DatabaseFile file, FileStream rawFile, DatabaseConnection connection, OpenFileProcesses others)
    {
        File = file;
        RawFile = rawFile;
        Connection = connection;
        Others = others;
    }

    /// <summary>The file, as it was when it was opened.</summary>
    public DatabaseFile File { get; }

    /// <summary>The bytes of the file. Never closed by a user of this class.</summary>
    public FileStream RawFile { get; }

    /// <summary>The connection that holds the lock.</summary>
    public DatabaseConnection Connection { get; }

    /// <summary>What the operating system said about others; nobody was found, but not everybody may have been looked at.</summary>
    public OpenFileProcesses Others { get; }

    /// <summary>Waits for the lock and for everybody else to close the file.</summary>
    /// <param name="path">Full path of the database.</param>
    /// <param name="timeout">How long to wait for others.</param>
    /// <param name="cancellation">Stops the waiting, and every statement on <see cref="Connection"/>.</param>
    /// <exception cref="PosTenancyException">Not a usable database, read-only, locked, or open elsewhere.</exception>
    public static ExclusiveDatabase Open(string path, TimeSpan timeout, CancellationToken cancellation)
    {
        DatabaseFile file = DatabaseFile.Inspect(path);
        file.RequireWritable();
        Stopwatch waited = Stopwatch.StartNew();
        while (true)
        {
            ExclusiveDatabase? database = TryOpen(file, cancellation, out OpenFileProcesses others, out bool locked);
            if (database is not null)
            {
                return database;
            }

            if (waited.Elapsed >= timeout)
            {
                throw locked && !file.Header.IsWal
                    ? Errors.DatabaseLocked(file.Path, waited.Elapsed, others.Phrase)
                    : Errors.DatabaseInUse(file.Path, others.Phrase ?? "a process that cannot be named");
            }

            cancellation.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(50));
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>
    /// Folds the write-ahead log into the file, so that its bytes are the whole database. Does nothing in rollback-journal mode.
    /// </summary>
    public void Checkpoint()
    {
        if (!File.Header.IsWal)
        {
            return;
        }

        long busy = Connection.Query("PRAGMA wal_checkpoint(TRUNCATE)", static row => row.GetInt64(0)).First();
        if (busy != 0 || DatabaseFile.HasContent(File.WalPath))
        {
            throw Errors.DatabaseLocked(File.Path, Others.Phrase);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Connection.Dispose();
        RawFile.Dispose();
    }

    private static ExclusiveDatabase? TryOpen(DatabaseFile file, CancellationToken cancellation, out OpenFileProcesses others, out bool locked)
    {
        FileStream rawFile = DatabaseFile.OpenRaw(file.Path);
        DatabaseConnection? connection = null;
        try
        {
            connection = DatabaseConnection.OpenExclusive(file.Path, cancellation);
            int result = connection.TryExecute("BEGIN EXCLUSIVE; COMMIT");
            locked = result == raw.SQLITE_BUSY;
            others = OpenFileProcesses.FindOthers(file.Path);
            if (result == raw.SQLITE_OK && others.Names.Count == 0)
            {
                ExclusiveDatabase database = new(file, rawFile, connection, others);
                database.Checkpoint();
                return database;
            }

            if (result is not (raw.SQLITE_OK or raw.SQLITE_BUSY))
            {
                // Through the normal way, for the exception of that result.
                connection.Execute("BEGIN EXCLUSIVE");
            }
        }
        catch (PosTenancyException exception) when (exception.ErrorId == ErrorIds.DatabaseLocked)
        {
            // Even a PRAGMA reads the schema, and a writer at work lets nobody.
            locked = true;
            others = OpenFileProcesses.FindOthers(file.Path);
        }
        catch
        {
            connection?.Dispose();
            rawFile.Dispose();
            throw;
        }

        connection?.Dispose();
        rawFile.Dispose();
        return null;
    }
}
