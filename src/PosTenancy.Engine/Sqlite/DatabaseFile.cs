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
        string real = FullPath(path);
        RequireFile(real);
        return FileErrors.Guard(real, () =>
        {
            lock (Gate)
            {
                RequireNotOpenHere(real);
                using FileStream stream = OpenRaw(real);
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

    /// <summary>Looks at a file that is open already.</summary>
    /// <exception cref="PosTenancyException">No database, empty, encrypted or truncated.</exception>
    public static DatabaseFile Read(string path, FileStream stream)
    {
        byte[] page = new byte[4096];
        stream.Position = 0;
        int count = FileBlocks.Fill(stream, page, 0, page.Length);
        long length = stream.Length;
        if (length == 0)
        {
            throw Errors.EmptyFile(path);
        }

        DatabaseHeader? header = DatabaseHeader.Parse(page, count);
        if (header is null)
        {
            throw LooksEncrypted(page, count, length) ? Errors.DatabaseEncrypted(path) : Errors.NotADatabase(path);
        }

        // With a hot journal the file may rightly be shorter than the header says: the rollback makes it whole. A file in
        // WAL mode is whole after its checkpoint.
        long expected = header.PageCount * header.PageSize;
        if (length < Math.Max(expected, header.PageSize) && !HasContent(path + "-journal") && !HasContent(path + "-wal"))
        {
            throw Errors.DatabaseTruncated(path, expected, length);
        }

        return new DatabaseFile(path, header, length);
    }

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
    /// Opens the file for reading beside SQLite: sharing everything, since any other sharing mode makes .NET take a lock of its own.
    /// </summary>
    public static FileStream OpenRaw(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);

    /// <summary>Whether a file exists and holds at least one byte.</summary>
    public static bool HasContent(string path)
    {
        FileInfo file = new(path);
        return file.Exists && file.Length > 0;
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
        if (FileIdentity.Of(Path) is { Names: > 1 } linked)
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

    /// <summary>The full path of a file, with a symbolic link followed; the file need not exist.</summary>
    /// <exception cref="PosTenancyException">No file can have that path.</exception>
    public static string FullPath(string path)
    {
        try
        {
            string full = System.IO.Path.GetFullPath(path);
#if NET
            return File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full;
#else
            return full;
#endif
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException or PathTooLongException)
        {
            throw Errors.InvalidPath(path, exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw Errors.AccessDenied(path, exception);
        }
        catch (IOException)
        {
            // Nothing is there, or a link leads in a circle: whoever opens it will say.
            return System.IO.Path.GetFullPath(path);
        }
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
        if (FileIdentity.Of(full) is { IsRegularFile: false })
        {
            throw Errors.NotADatabase(full);
        }
    }

    /// <summary>
    /// An encrypted database is whole pages that no reader can tell from noise. 4,096 random bytes have an entropy near 7.95 bits a
    /// byte, and 1,024 near 7.8; text and program code stay under 7.
    /// </summary>
    private static bool LooksEncrypted(byte[] page, int count, long length)
    {
        if (count < 512 || length % 512 != 0)
        {
            return false;
        }

        int[] frequency = new int[256];
        for (int i = 0; i < count; i++)
        {
            frequency[page[i]]++;
        }

        double entropy = 0;
        foreach (int n in frequency)
        {
            if (n > 0)
            {
                double p = (double)n / count;
                entropy -= p * Math.Log(p, 2);
            }
        }

        return entropy > 7.4;
    }
}
