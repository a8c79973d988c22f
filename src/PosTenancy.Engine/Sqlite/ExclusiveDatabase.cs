using PosTenancy.Engine.Files;
using SQLitePCL;

namespace PosTenancy.Engine.Sqlite;

/// <summary>A live database that nobody else can read or write until it is disposed.</summary>
/// <remarks>
/// In exclusive locking mode SQLite keeps the lock between transactions: backup, migration, verification and an automatic restore see
/// one state. The raw stream is opened before the lock and closed after it, because on POSIX closing any descriptor of the file
/// would drop the lock (sqlite.org/howtocorrupt.html, 2.2).
/// </remarks>
internal sealed class ExclusiveDatabase : IDisposable
{
    /// <summary>How long to wait for others unless the caller says.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Files that this process holds, by path: its own locks do not keep it from opening a file once more.</summary>
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

    /// <summary>The file, as it was when the lock was taken; page size and mode may have changed while we waited for it.</summary>
    public DatabaseFile File { get; private set; }

    /// <summary>Whether the database uses a write-ahead log, as SQLite itself sees it: the header may say otherwise.</summary>
    public bool UsesLog => Connection.Query("PRAGMA main.journal_mode", static row => row.GetString(0)).First() == "wal";

    /// <summary>
    /// Whether the file has lost its name: to another file, or to none. SQLite's lock is on the file, and keeps nobody from renaming.
    /// </summary>
    public bool IsReplaced => _identity is { } mine && FileIdentity.Read(File.Path)?.IsSameFile(mine) != true;

    /// <summary>The bytes of the file. Never closed by a user of this class.</summary>
    public FileStream RawFile { get; }

    /// <summary>The connection that holds the lock.</summary>
    public DatabaseConnection Connection { get; }

    /// <summary>What the operating system said about others; nobody was found, but not everybody may have been looked at.</summary>
    public OpenFileProcesses Others { get; }

    /// <summary>Waits for the lock and for everybody else to close the file.</summary>
    /// <param name="path">Full path of the database.</param>
    /// <param name="recoveryFolder">Names a folder in which the remains of a crash can be tried, and sees to it that it is found if this is
    /// killed.</param>
    /// <param name="timeout">How long to wait for others.</param>
    /// <param name="cancellation">Stops the waiting, and every statement on <see cref="Connection"/>.</param>
    /// <param name="waiting">Told what is waited for, and how much longer at most.</param>
    /// <exception cref="PosTenancyException">Not a usable database, read-only, locked, or open elsewhere.</exception>
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
                    : Errors.DatabaseInUse(file.Path, others.Phrase ?? "a process that cannot be named");
            },
            waiting,
            cancellation);
        return database!;
    }

    /// <summary>
    /// Folds the write-ahead log into the file, so that its bytes are the whole database. Does nothing in rollback-journal mode.
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
            throw Errors.DatabaseChanged(File.Path, $"has a write-ahead log that SQLite does not fold into it ('{File.WalPath}').");
        }

        File = DatabaseFile.Read(File.Path, RawFile);
    }

    /// <summary>Says that another file is about to get the name of this one.</summary>
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
            // An empty log is one that this connection made: nothing would be folded, and SQLite takes it away. Once the file was replaced
            // it lies beside the new one, where somebody may be using it already.
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
        lock (DatabaseFile.Gate)
        {
            if (Held.Contains(path))
            {
                throw Errors.DatabaseInUse(path, "another command of this process");
            }

            DatabaseFile.RequireNotOpenHere(path);
            CrashRemains.RequireOwn(path, recoveryFolder, cancellation);

            FileIdentity? identity = FileIdentity.Read(path);
            FileStream rawFile = FileErrors.Guard(path, () => FileBlocks.Open(path));
            DatabaseConnection? connection = null;
            try
            {
                connection = DatabaseConnection.OpenExclusive(path, cancellation);

                // ROLLBACK, since COMMIT would rewrite the header of a file that an old SQLite wrote; the lock stays either way.
                int result = connection.TryExecute("BEGIN EXCLUSIVE; ROLLBACK");
                locked = result == raw.SQLITE_BUSY;
                if (result is not (raw.SQLITE_OK or raw.SQLITE_BUSY))
                {
                    throw connection.Failure(result);
                }

                others = OpenFileProcesses.FindOthers(path);

                // Read-only although it was writable a moment ago: another program has come in between, and nothing is locked.
                if (!locked && !connection.IsReadOnly && others.Names.Count == 0)
                {
                    ExclusiveDatabase database = new(DatabaseFile.Read(path, rawFile), rawFile, connection, others)
                    {
                        _identity = identity,
                    };
                    if (database.IsReplaced)
                    {
                        throw Errors.DatabaseChanged(path, "was replaced by another file while it was opened.");
                    }

                    Held.Add(path);
                    return database;
                }
            }
            catch (PosTenancyException exception) when (exception.ErrorId == ErrorIds.DatabaseLocked)
            {
                // Even a PRAGMA reads the schema, and a writer at work lets nobody.
                locked = true;
                others = OpenFileProcesses.FindOthers(path);
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
}
