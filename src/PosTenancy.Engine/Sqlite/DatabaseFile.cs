using PosTenancy.Engine.Files;
using PosTenancy.Engine.Pages;

namespace PosTenancy.Engine.Sqlite;

/// <summary>A file that was inspected, before SQLite opens it, and found to be a complete SQLite database.</summary>
/// <param name="Path">Full path, with a symbolic link followed: SQLite places its journal beside the real file.</param>
/// <param name="Header">The database header.</param>
/// <param name="Length">Size in bytes.</param>
internal sealed record DatabaseFile(string Path, DatabaseHeader Header, long Length)
{
    /// <summary>
    /// Suffixes of the files that SQLite may create beside a database: the write-ahead log, its index, and the rollback journal.
    /// </summary>
    public static readonly string[] SidecarEndings = ["-wal", "-shm", "-journal"];

    /// <summary>
    /// Serializes opening and closing within this process: if a second thread opened and closed the file while the first takes its lock,
    /// that lock would be dropped.
    /// </summary>
    public static readonly object Gate = new();

    /// <summary>Path of the file's write-ahead log, whether it exists or not.</summary>
    public string WalPath => Path + "-wal";

    /// <summary>The folder that contains the file.</summary>
    public string Folder => System.IO.Path.GetDirectoryName(Path)!;

    /// <summary>
    /// Inspects the bytes of the file and changes nothing. Opens and closes the file, so it must not be called while this process holds a
    /// lock
    /// on it: on POSIX, closing any descriptor of a file drops every lock of the process on that file.
    /// </summary>
    /// <exception cref="PosTenancyException">The file is missing, a folder, no database, empty, encrypted, truncated or
    /// unreadable.</exception>
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

    /// <summary>Inspects a file for writing once no other process has it open, as far as this account can tell.</summary>
    /// <param name="path">Path of the database.</param>
    /// <param name="timeout">How long to wait for other processes.</param>
    /// <param name="progress">Receives what is being waited for and the longest remaining wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <exception cref="PosTenancyException">As for <see cref="Inspect"/>; or the file must not be written; or a process still has it
    /// open.</exception>
    public static DatabaseFile InspectUnused(
        string path, TimeSpan timeout, IProgress<StageProgress>? progress, CancellationToken cancellation)
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
            waiting => progress?.Report(new StageProgress(Stage.Plan, waiting, path, 0, 0) { Part = StagePart.Schema }),
            cancellation);
        return file!;
    }

    /// <summary>Inspects a file that is already open.</summary>
    /// <exception cref="PosTenancyException">The file is not a database, or is empty, encrypted or truncated.</exception>
    public static DatabaseFile Read(string path, FileStream stream) => new(path, DatabaseHeader.Read(path, stream), stream.Length);

    /// <summary>
    /// Refuses a file that this process already has open: on POSIX, closing a second descriptor would drop the locks of the first.
    /// </summary>
    public static void RequireNotOpenHere(string path)
    {
        if (OpenFileProcesses.FindThis(path) is { } self)
        {
            throw Errors.DatabaseInUse(path, self);
        }
    }

    /// <summary>
    /// Refuses, before anything is written, a file that must not or cannot be changed. Opens and closes it, as <see cref="Inspect"/> does.
    /// </summary>
    /// <exception cref="PosTenancyException">
    /// The file has a second name, the file or its folder is read-only, this account may not write it, or another program prevents writing.
    /// </exception>
    public void RequireWritable()
    {
        if (FileIdentity.Read(Path) is { Names: > 1 } linked)
        {
            throw Errors.DatabaseHasOtherNames(Path, linked.Names);
        }

        // An administrator may write a file marked read-only; the mark still states that it must not change.
        if (new FileInfo(Path).IsReadOnly)
        {
            throw Errors.ReadOnlyFile(Path);
        }

        if (!FolderAccess.IsWritable(Folder))
        {
            throw Errors.ReadOnlyFolder(Path, Folder);
        }

        // SQLite silently opens a file that it may not write as read-only, and then takes no lock. The system reports the reason.
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

        // Opening a pipe would block until it has a writer.
        if (FileIdentity.Read(full) is { IsRegularFile: false })
        {
            throw Errors.NotADatabase(full);
        }
    }
}
