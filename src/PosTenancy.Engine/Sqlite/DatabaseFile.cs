using PosTenancy.Engine.Files;
using PosTenancy.Engine.Pages;

namespace PosTenancy.Engine.Sqlite;

/// <summary>A file that was looked at and found to be a whole SQLite database, before SQLite itself opens it.</summary>
/// <param name="Path">Full path, with a symbolic link followed: SQLite puts its journal beside the real file.</param>
/// <param name="Header">What the header says.</param>
/// <param name="Length">Size in bytes.</param>
internal sealed record DatabaseFile(string Path, DatabaseHeader Header, long Length)
{
    /// <summary>What SQLite may put beside a database: the write-ahead log, its index, and the rollback journal.</summary>
    public static readonly string[] SidecarEndings = ["-wal", "-shm", "-journal"];

    /// <summary>
    /// One at a time in this process: a second thread that opens and closes the file while the first takes its lock would drop that lock.
    /// </summary>
    public static readonly object Gate = new();

    /// <summary>The write-ahead log that belongs to the file, whether it exists or not.</summary>
    public string WalPath => Path + "-wal";

    /// <summary>The folder that the file is in.</summary>
    public string Folder => System.IO.Path.GetDirectoryName(Path)!;

    /// <summary>
    /// Looks at the file as bytes and changes nothing. Opens and closes it, so it must not be called while this process holds
    /// a lock on the file: on POSIX, closing any descriptor of a file drops every lock of the process on it.
    /// </summary>
    /// <exception cref="PosTenancyException">No such file, a folder, no database, empty, encrypted, truncated, or not to be
    /// read.</exception>
    public static DatabaseFile Inspect(string path)
    {
        string real = FilePath.Full(path);
        RequireFile(real);
        return FileErrors.Guard(real, () =>
        {
            lock (Gate)
            {
                RequireNotOpenHere(real);
                using FileStream stream = FileBlocks.Open(real);
                return Read(real, stream);
            }
        });
    }

    /// <summary>Inspects a file that may be written, once no other process has it open, as far as this account may know.</summary>
    /// <param name="path">The database.</param>
    /// <param name="timeout">How long to wait for others.</param>
    /// <param name="waiting">Told what is waited for, and how much longer at most.</param>
    /// <param name="cancellation">Stops the waiting.</param>
    /// <exception cref="PosTenancyException">As for <see cref="Inspect"/>; or it must not be written; or a process still has it
    /// open.</exception>
    public static DatabaseFile InspectUnused(string path, TimeSpan timeout, Action<string>? waiting, CancellationToken cancellation)
    {
        DatabaseFile? file = null;
        LockWait.Until(
            timeout,
            _ =>
            {
                file = Inspect(path);
                file.RequireWritable();
                return OpenFileProcesses.FindOthers(file.Path).Phrase is { } processes ? Errors.DatabaseInUse(file.Path, processes) : null;
            },
            waiting,
            cancellation);
        return file!;
    }

    /// <summary>Inspects a file that is open already.</summary>
    /// <exception cref="PosTenancyException">It is not a database, or is empty, encrypted or truncated.</exception>
    public static DatabaseFile Read(string path, FileStream stream) => new(path, DatabaseHeader.Read(path, stream), stream.Length);

    /// <summary>
    /// Refuses a file that this process has open already: on POSIX, closing a second descriptor would drop the locks of the first.
    /// </summary>
    public static void RequireNotOpenHere(string path)
    {
        if (OpenFileProcesses.FindThis(path) is { } self)
        {
            throw Errors.DatabaseInUse(path, self);
        }
    }

    /// <summary>
    /// Refuses a file that must not or cannot be changed, before anything is written. Opens and closes it, as <see cref="Inspect"/> does.
    /// </summary>
    /// <exception cref="PosTenancyException">
    /// The file has another name, it or its folder is read-only, this account may not write it, or another program keeps it from being
    /// written.
    /// </exception>
    public void RequireWritable()
    {
        if (FileIdentity.Read(Path) is { Names: > 1 } linked)
        {
            throw Errors.DatabaseHasOtherNames(Path, linked.Names);
        }

        // An administrator may write what is marked read-only; the mark still says that somebody does not want it changed.
        if (new FileInfo(Path).IsReadOnly)
        {
            throw Errors.ReadOnlyFile(Path);
        }

        if (!FolderAccess.IsWritable(Folder))
        {
            throw Errors.ReadOnlyFolder(Path, Folder);
        }

        // SQLite opens a file that it may not write to read it, in silence, and locks nothing then. The system says why it may not.
        _ = FileErrors.Guard(
            Path,
            () =>
            {
                lock (Gate)
                {
                    RequireNotOpenHere(Path);
                    using FileStream writable = new(
                        Path,
                        FileMode.Open,
                        FileAccess.ReadWrite,
                        FileShare.ReadWrite | FileShare.Delete,
                        bufferSize: 1);
                    return writable.CanWrite;
                }
            }
        );
    }

    private static void RequireFile(string full)
    {
        if (Directory.Exists(full))
        {
            throw Errors.PathIsFolder(full);
        }

        if (!File.Exists(full))
        {
            throw Errors.FileNotFound(full);
        }

        // Opening a pipe would wait for somebody to write into it.
        if (FileIdentity.Read(full) is { IsRegularFile: false })
        {
            throw Errors.NotADatabase(full);
        }
    }
}
