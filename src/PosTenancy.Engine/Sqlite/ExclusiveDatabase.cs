using PosTenancy.Engine.Files;
using SQLitePCL;

namespace PosTenancy.Engine.Sqlite;

/// <summary>A live database that no other connection can read or write until it is disposed.</summary>
/// <remarks>
/// In exclusive locking mode SQLite keeps the lock between transactions, so backup, migration, verification and an automatic restore see
/// one state. The raw stream is opened before the lock and closed after it, because on POSIX closing any descriptor of the file would drop
/// the lock (sqlite.org/howtocorrupt.html, 2.2).
/// </remarks>
internal sealed class ExclusiveDatabase : IDisposable
{
    /// <summary>Default time to wait for other programs.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Paths of the files that this process holds: its own locks do not prevent it from opening a file again.</summary>
    private static readonly HashSet<string> Held = new(PathComparison.Comparer);

    private FileIdentity? _identity;
    private bool _disposed;
    private bool _replaced;

    private ExclusiveDatabase(DatabaseFile file, FileStream rawFile, DatabaseConnection connection, OpenFileProcesses others)
    {
        File = file;
        RawFile = rawFile;
        Connection = connection;
        Others = others;
    }

    /// <summary>The file as it was when the lock was taken; page size and journal mode may have changed during the wait.</summary>
    public DatabaseFile File { get; private set; }

    /// <summary>Whether SQLite uses a write-ahead log for the database; the header may state otherwise.</summary>
    public bool UsesLog => Connection.Query("PRAGMA main.journal_mode", static row => row.GetString(0)).First() == "wal";

    /// <summary>
    /// Whether the path now refers to another file, or to none. SQLite's lock is on the file and does not prevent a rename.
    /// </summary>
    public bool IsReplaced => _identity is { } mine && FileIdentity.Read(File.Path)?.IsSameFile(mine) != true;

    /// <summary>The bytes of the file. Users of this class must not close it.</summary>
    public FileStream RawFile { get; }

    /// <summary>The connection that holds the lock.</summary>
    public DatabaseConnection Connection { get; }

    /// <summary>The operating system's report on other processes: none was found, but not all of them may have been inspected.</summary>
    public OpenFileProcesses Others { get; }

    /// <summary>Waits for the lock and for every other process to close the file.</summary>
    /// <param name="path">Full path of the database.</param>
    /// <param name="recoveryFolder">Returns the name of a folder in which to test the remains of a crash, and records it so that it is
    /// found if this process is killed.</param>
    /// <param name="timeout">How long to wait for other processes.</param>
    /// <param name="cancellation">Stops the waiting, and every statement on <see cref="Connection"/>.</param>
    /// <param name="waiting">Receives what is being waited for and the longest remaining wait.</param>
    /// <exception cref="PosTenancyException">The file is not a usable database, read-only, locked, or open elsewhere.</exception>
    public static ExclusiveDatabase Open(
        string path, Func<string> recoveryFolder, TimeSpan timeout, CancellationToken cancellation, Action<string>? waiting = null)
    {
        FileSizeLimit.FailsAsAnError();
        DatabaseFile? file = null;
        ExclusiveDatabase? database = null;
        LockWait.Until(
            timeout,
            waited =>
            {
                file ??= DatabaseFile.Inspect(path);
                file.RequireWritable();
                database = TryOpen(file.Path, recoveryFolder, cancellation, out OpenFileProcesses others, out bool locked);
                return database is not null ? null
                    : locked && !file.Header.IsWal ? Errors.DatabaseLocked(file.Path, waited, others.Phrase)
                    : Errors.DatabaseInUse(file.Path, others.Phrase ?? "an unidentified process");
            },
            waiting,
            cancellation);
        return database!;
    }

    /// <summary>
    /// Checkpoints the write-ahead log, so that the file alone is the whole database. Does nothing in rollback-journal mode.
    /// </summary>
    public void Checkpoint()
    {
        if (UsesLog)
        {
            Connection.Settings.CheckpointOnClose(true);
            long busy = Connection.Query("PRAGMA main.wal_checkpoint(TRUNCATE)", static row => row.GetInt64(0)).First();
            if (busy != 0)
            {
                throw Errors.DatabaseLocked(File.Path, Others.Phrase);
            }
        }

        if (FilePath.HasContent(File.WalPath))
        {
            throw Errors.DatabaseChanged(File.Path, $"has a write-ahead log ('{File.WalPath}') that SQLite could not checkpoint.");
        }

        File = DatabaseFile.Read(File.Path, RawFile);
    }

    /// <summary>SHA-256 of the locked file, 64 lower-case hexadecimal digits.</summary>
    /// <param name="work">The report of this work; it is sent again and again, with the bytes that are done, and of how many.</param>
    /// <param name="progress">Receives the reports.</param>
    /// <param name="cancellation">Cancels the operation between two blocks.</param>
    public string Hash(StageProgress work, IProgress<StageProgress>? progress, CancellationToken cancellation)
    {
        long length = RawFile.Length;
        return FileDigest.Compute(
            RawFile,
            File.Header.PageSize,
            done => progress?.Report(work with { Completed = done, Total = length }),
            cancellation);
    }

    /// <summary>Marks the file as about to be replaced, so that its sidecars are left alone.</summary>
    public void LeaveSidecars()
    {
        _replaced = true;
        Connection.Settings.CheckpointOnClose(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        lock (DatabaseFile.Gate)
        {
            // An empty log was created by this connection: there is nothing to checkpoint, and SQLite deletes it. After a replacement the
            // log lies
            // beside the new file, where another connection may already use it.
            if (!_replaced && !FilePath.HasContent(File.WalPath))
            {
                Connection.Settings.CheckpointOnClose(true);
            }

            Connection.Dispose();
            RawFile.Dispose();
            Held.Remove(File.Path);
        }
    }

    private static ExclusiveDatabase? TryOpen(
        string path,
        Func<string> recoveryFolder,
        CancellationToken cancellation,
        out OpenFileProcesses others,
        out bool locked)
    {
        FileIdentity? identity;
        FileStream rawFile;
        DatabaseConnection? connection = null;
        lock (DatabaseFile.Gate)
        {
            if (Held.Contains(path))
            {
                throw Errors.DatabaseInUse(path, "another command of this process");
            }

            DatabaseFile.RequireNotOpenHere(path);
            CrashRemains.RequireOwn(path, recoveryFolder, cancellation);

            identity = FileIdentity.Read(path);
            rawFile = FileErrors.Guard(path, () => FileBlocks.Open(path));
            Held.Add(path);
        }

        // No longer serialized: to inspect every process takes milliseconds, which the other databases of this process would wait for. A
        // second command on this one is refused by Held.
        bool isOpened = false;
        try
        {
            connection = DatabaseConnection.OpenExclusive(path, cancellation);

            // ROLLBACK, because COMMIT would rewrite the header of a file written by an old SQLite; the lock is kept either way.
            int result = connection.TryExecute("BEGIN EXCLUSIVE; ROLLBACK");
            locked = result == raw.SQLITE_BUSY;
            if (result is not (raw.SQLITE_OK or raw.SQLITE_BUSY))
            {
                throw connection.Failure(result);
            }

            others = OpenFileProcesses.FindOthers(path);

            // A connection that is read-only although the file was writable a moment ago: another program intervened, and nothing is
            // locked.
            if (locked || connection.IsReadOnly || others.Names.Count > 0)
            {
                return null;
            }

            ExclusiveDatabase database = new(DatabaseFile.Read(path, rawFile), rawFile, connection, others) { _identity = identity };
            if (database.IsReplaced)
            {
                throw Errors.DatabaseChanged(path, "was replaced by another file while it was being opened.");
            }

            isOpened = true;
            return database;
        }
        catch (PosTenancyException exception) when (exception.ErrorId == ErrorIds.DatabaseLocked)
        {
            // Even a PRAGMA reads the schema, and an active writer blocks even that.
            locked = true;
            others = OpenFileProcesses.FindOthers(path);
            return null;
        }
        finally
        {
            if (!isOpened)
            {
                lock (DatabaseFile.Gate)
                {
                    connection?.Dispose();
                    rawFile.Dispose();
                    Held.Remove(path);
                }
            }
        }
    }
}
