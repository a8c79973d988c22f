namespace PosTenancy.Engine.Files;

/// <summary>Files that are whole or absent, whatever happens: written under another name, synced, then renamed.</summary>
internal static class DurableFile
{
#if NET
    /// <summary>COR_E_IO. Every other failure to create a file has the number that the system gave it.</summary>
    private const int NoNumber = unchecked((int)0x80131620);

#endif
    /// <summary>Characters of a name on every file system of Windows.</summary>
    private const int LongestNameOnWindows = 255;

    /// <summary>
    /// Creates a file that must not exist yet, with its room reserved so that a full disk is noticed at once. Nobody but this account may
    /// read it, from its first byte on and whatever the umask says: <see cref="CopyPermissions"/> gives it those of the database.
    /// </summary>
    public static FileStream Create(string path, long length, FileShare share = FileShare.Read)
    {
        FileSizeLimit.FailsAsAnError();
        RequireName(path);
#if NET
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = share,
            BufferSize = 1,
            PreallocationSize = length,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            return new FileStream(path, options);
        }
        catch (IOException exception) when (exception.HResult == NoNumber)
        {
            // What the system said when it was asked to reserve the room: there is none, or no file may be that large.
            throw new IOException(exception.Message, FileErrors.NoSpace);
        }
#else
        FileStream stream = new(path, FileMode.CreateNew, FileAccess.ReadWrite, share, bufferSize: 1);
        stream.SetLength(length);
        stream.Position = 0;
        return stream;
#endif
    }

    /// <summary>Copies an open file from its beginning into one that must not exist yet.</summary>
    /// <param name="source">The file to read; stays open.</param>
    /// <param name="target">Path of the copy.</param>
    /// <param name="length">Bytes to reserve for it.</param>
    /// <param name="permissionsFrom">Whose permissions and owner the copy gets, before its first byte: what one may not read of the one,
    /// one may not of the other.</param>
    /// <param name="pageSize">Page size of the database in bytes, to find the lock page.</param>
    /// <param name="isDurable">Whether the copy must be on the disk before this returns.</param>
    /// <param name="progress">Told the number of bytes done.</param>
    /// <param name="cancellation">Stops between two blocks.</param>
    /// <returns>SHA-256 of what was copied, 64 lower-case hexadecimal digits.</returns>
    public static string Copy(
        FileStream source,
        string target,
        long length,
        string permissionsFrom,
        int pageSize,
        bool isDurable,
        Action<long>? progress,
        CancellationToken cancellation)
    {
        using FileStream copy = Create(target, length);
        CopyPermissions(permissionsFrom, target);
        string hash = FileDigest.Copy(source, copy, pageSize, progress, cancellation);
        if (isDurable)
        {
            copy.Flush(flushToDisk: true);
        }

        return hash;
    }

    /// <summary>Writes a small file that must not exist yet, and syncs it.</summary>
    public static void WriteNew(string path, byte[] content)
    {
        using FileStream stream = Create(path, content.Length);
        Write(stream, content, content.Length);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Writes bytes to a file, or to what only looks like one.</summary>
    public static void Write(Stream target, byte[] bytes, int count)
    {
        try
        {
            target.Write(bytes, 0, count);
        }
        catch (ArgumentOutOfRangeException exception)
        {
            // What .NET makes of EFBIG: the account, or the file system, has a limit on the size of a file.
            throw new IOException(exception.Message, FileErrors.NoSpace);
        }
    }

    /// <summary>Creates a folder for files that only this account may read, for as short a time as they are there.</summary>
    public static void CreatePrivateFolder(string path)
    {
        RequireName(path);
#if NET
        if (!OperatingSystem.IsWindows())
        {
            _ = Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return;
        }
#endif
        _ = Directory.CreateDirectory(path);
    }

    /// <summary>Gives a new file the owner and the permissions of another, never wider ones.</summary>
    public static void CopyPermissions(string from, string to)
    {
        // The owner first: the group that a file was made with must not read what the other's group may.
        bool hasGroup = true;
        if (Unix.Stat(from) is { } owner && Unix.Stat(to) is { } created && (owner.User, owner.Group) != (created.User, created.Group))
        {
            // Without root the file stays this account's, which is who made it.
            hasGroup = Unix.TryChangeOwner(to, owner) || owner.Group == created.Group || Unix.TryChangeGroup(to, owner);
        }
#if NET
        if (!OperatingSystem.IsWindows())
        {
            int mode = (int)File.GetUnixFileMode(from) & 0x1FF;

            // Another group gets what everybody has.
            File.SetUnixFileMode(to, (UnixFileMode)(hasGroup ? mode : (mode & ~0x38) | (mode & ((mode & 7) << 3))));
        }
#else
        _ = hasGroup;
#endif
    }

    /// <summary>Renames a synced file to a name that is free, durably; if that cannot be had, it has its old name again.</summary>
    public static void Publish(string temporary, string path)
    {
        MomentaryHold.Outlast(() => File.Move(temporary, path));
        try
        {
            SyncFolderOf(path);
        }
        catch (IOException)
        {
            File.Move(path, temporary);
            throw;
        }
    }

    /// <summary>
    /// Puts a synced file in the place of another in one step; the other is kept under a third name. At no moment is there no file. It is
    /// durable after <see cref="SyncFolderOf"/>.
    /// </summary>
    public static void Replace(string temporary, string path, string keptAs)
    {
        try
        {
            MomentaryHold.Outlast(() => File.Replace(temporary, path, keptAs));
        }
        catch (IOException) when (FileIdentity.IsSameFile(keptAs, path))
        {
            // On Unix the old file gets its second name first. With two names no other command would touch it.
            File.Delete(keptAs);
            throw;
        }
    }

    /// <summary>
    /// Windows says of a name that is too long that it is invalid, or that there is no such file; other systems say what is wrong.
    /// </summary>
    private static void RequireName(string path)
    {
        if (!Unix.IsAvailable && Path.GetFileName(path) is { Length: > LongestNameOnWindows } name)
        {
            throw new PathTooLongException($"The name '{name}' has {name.Length} characters, and Windows allows {LongestNameOnWindows}.");
        }
    }

    /// <summary>Makes the names in the folder of a file durable: that it is there, what it is called, or that it is gone.</summary>
    public static void SyncFolderOf(string path)
    {
        // NTFS journals the rename itself.
        if (Unix.IsAvailable)
        {
            Unix.SyncFolder(Path.GetDirectoryName(path)!);
        }
    }
}
