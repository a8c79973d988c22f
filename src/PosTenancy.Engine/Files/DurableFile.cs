namespace PosTenancy.Engine.Files;

/// <summary>Files that are either complete or absent: written under a temporary name, synced, then renamed.</summary>
internal static class DurableFile
{
#if NET
    /// <summary>COR_E_IO. Every other failure to create a file has the operating system's error number.</summary>
    private const int NoNumber = unchecked((int)0x80131620);

#endif
    /// <summary>Maximum length of a file name in characters on every Windows file system.</summary>
    private const int LongestNameOnWindows = 255;

    /// <summary>
    /// Creates a file that must not exist yet and reserves its space, so that a full disk is reported at once. Only this account may
    /// read it, from the first byte and whatever the umask; <see cref="CopyPermissions"/> then gives it the database's permissions.
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
            // Preallocation failed: the disk is full, or the file would exceed a size limit.
            throw new IOException(exception.Message, FileErrors.NoSpace);
        }
#else
        FileStream stream = new(path, FileMode.CreateNew, FileAccess.ReadWrite, share, bufferSize: 1);
        stream.SetLength(length);
        stream.Position = 0;
        return stream;
#endif
    }

    /// <summary>Creates a file that must not exist yet, with the permissions and the owner of another.</summary>
    public static FileStream CreateAs(string permissionsFrom, string path, long length)
    {
        FileStream stream = Create(path, length);
        try
        {
            CopyPermissions(permissionsFrom, path);
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Copies an open file from its beginning to a file that must not exist yet.</summary>
    /// <param name="source">The file to read; stays open.</param>
    /// <param name="target">Full path of the copy.</param>
    /// <param name="permissionsFrom">File whose permissions and owner the copy receives before its first byte is written, so that the copy
    /// is never more readable than its source.</param>
    /// <param name="pageSize">Page size of the database in bytes, to find the lock page.</param>
    /// <param name="meanwhile">What to do with the complete copy while it is synced to the disk; <see langword="null"/> for a copy that
    /// need not be on the disk.</param>
    /// <param name="progress">Receives the number of bytes processed.</param>
    /// <param name="cancellation">Cancels between two blocks.</param>
    public static void Copy(
        FileStream source,
        string target,
        string permissionsFrom,
        int pageSize,
        Action? meanwhile,
        Action<long>? progress,
        CancellationToken cancellation)
    {
        using FileStream copy = CreateAs(permissionsFrom, target, source.Length);
        byte[] block = new byte[FileBlocks.Size];
        source.Position = 0;
        for (int count = Read(); count > 0; count = Read())
        {
            cancellation.ThrowIfCancellationRequested();
            Write(copy, block, count);
            progress?.Invoke(source.Position);
        }

        if (meanwhile is not null)
        {
            Task syncing = Task.Run(() => copy.Flush(flushToDisk: true), CancellationToken.None);
            try
            {
                meanwhile();
            }
            finally
            {
                syncing.GetAwaiter().GetResult();
            }
        }

        int Read() => FileBlocks.Read(source, block, pageSize);
    }

    /// <summary>The same for a copy that need not be on the disk, and whose bytes are hashed as they are copied.</summary>
    /// <returns>SHA-256 of the copied bytes, 64 lower-case hexadecimal digits.</returns>
    public static string CopyAndHash(
        FileStream source,
        string target,
        string permissionsFrom,
        int pageSize,
        Action<long>? progress,
        CancellationToken cancellation)
    {
        using FileStream copy = CreateAs(permissionsFrom, target, source.Length);
        return FileDigest.Compute(source, (block, count) => Write(copy, block, count), pageSize, progress, cancellation);
    }

    /// <summary>The same for a copy that must be on the disk, and is read back by its name while it is written.</summary>
    /// <returns>SHA-256 of the copied bytes, and of those that were read back; empty if another file has taken the name.</returns>
    public static (string Copied, string ReadBack) CopyAndReadBack(
        FileStream source,
        string target,
        string permissionsFrom,
        int pageSize,
        Action<long>? progress,
        CancellationToken cancellation)
    {
        using FileStream copy = CreateAs(permissionsFrom, target, source.Length);
        FileIdentity? created = FileIdentity.Read(target);
        using FollowingDigest readBack = new(target);
        string hash = FileDigest.Compute(
            source,
            (block, count) =>
            {
                Write(copy, block, count);
                readBack.Advance(copy.Position);
            },
            pageSize,
            progress,
            cancellation);
        copy.Flush(flushToDisk: true);
        string read = readBack.Finish();
        return (hash, FileIdentity.Read(target) == created ? read : "");
    }

    /// <summary>Writes and syncs a small file that must not exist yet.</summary>
    public static void WriteNew(string path, byte[] content)
    {
        using FileStream stream = Create(path, content.Length);
        Write(stream, content, content.Length);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Appends a line to an open file and syncs it; if that fails, the file is as it was.</summary>
    public static void AppendLine(FileStream file, byte[] line)
    {
        long before = file.Length;
        file.Position = before;
        try
        {
            Write(file, line, line.Length);
            file.Flush(flushToDisk: true);
        }
        catch (IOException)
        {
            // Half a line would spoil the next one.
            file.SetLength(before);
            file.Position = before;
            throw;
        }
    }

    /// <summary>Writes bytes to a stream, and reports a file size limit as a full disk.</summary>
    public static void Write(Stream target, byte[] bytes, int count)
    {
        try
        {
            target.Write(bytes, 0, count);
        }
        catch (ArgumentOutOfRangeException exception)
        {
            // .NET's exception for EFBIG: the account or the file system limits the size of a file.
            throw new IOException(exception.Message, FileErrors.NoSpace);
        }
    }

    /// <summary>Creates a folder for temporary files that only this account may read.</summary>
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
        // Set the owner before the mode: the group that the file was created with must not gain the other group's access.
        bool hasGroup = true;
        if (Unix.Stat(from) is { } owner && Unix.Stat(to) is { } created && (owner.User, owner.Group) != (created.User, created.Group))
        {
            // Without root the file keeps its creator as owner.
            hasGroup = Unix.TryChangeOwner(to, owner) || owner.Group == created.Group || Unix.TryChangeGroup(to, owner);
        }
#if NET
        if (!OperatingSystem.IsWindows())
        {
            int mode = (int)File.GetUnixFileMode(from) & 0x1FF;

            // A different group gets only the access that others have.
            File.SetUnixFileMode(to, (UnixFileMode)(hasGroup ? mode : (mode & ~0x38) | (mode & ((mode & 7) << 3))));
        }
#else
        _ = hasGroup;
#endif
    }

    /// <summary>Renames a synced file in one step and durably; if that fails, restores its old name.</summary>
    /// <param name="temporary">The file.</param>
    /// <param name="path">Its new name.</param>
    /// <param name="overwrite">Whether to replace a file of that name; otherwise the name must be free.</param>
    public static void Publish(string temporary, string path, bool overwrite = false)
    {
        MomentaryHold.Outlast(() => Move(temporary, path, overwrite));
        try
        {
            SyncFolderOf(path);
        }
        catch (IOException) when (overwrite)
        {
            // The old file is gone. The new one is complete, and only its name may be lost if the power fails now.
        }
        catch (IOException)
        {
            File.Move(path, temporary);
            throw;
        }
    }

    /// <summary>
    /// Replaces a file by a synced one in one step and keeps the old file under a third name. The path exists at every moment. The change
    /// is
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
            // On Unix the old file gets its second name first. Other commands refuse a file that has two names.
            File.Delete(keptAs);
            throw;
        }
    }

    private static void Move(string from, string to, bool overwrite)
    {
#if NET
        File.Move(from, to, overwrite);
#else
        if (overwrite && File.Exists(to))
        {
            File.Replace(from, to, destinationBackupFileName: null);
        }
        else
        {
            File.Move(from, to);
        }
#endif
    }

    /// <summary>
    /// Checks the length of a name. Windows reports a name that is too long as invalid or as a missing file; other systems name the cause.
    /// </summary>
    private static void RequireName(string path)
    {
        if (!Unix.IsAvailable && Path.GetFileName(path) is { Length: > LongestNameOnWindows } name)
        {
            throw new PathTooLongException(
                $"The name '{name}' has {name.Length} characters, but Windows allows at most {LongestNameOnWindows}.");
        }
    }

    /// <summary>Makes creations, renames and deletions in the folder of a file durable.</summary>
    public static void SyncFolderOf(string path)
    {
        // NTFS journals the rename itself.
        if (Unix.IsAvailable)
        {
            Unix.SyncFolder(Path.GetDirectoryName(path)!);
        }
    }
}
