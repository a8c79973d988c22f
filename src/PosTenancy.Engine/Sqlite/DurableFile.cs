namespace PosTenancy.Engine.Sqlite;

/// <summary>Files that are whole or absent, whatever happens: written under another name, synced, then renamed.</summary>
internal static class DurableFile
{
    /// <summary>Creates a file that must not exist yet, with its room reserved so that a full disk is noticed at once.</summary>
    public static FileStream Create(string path, long length)
    {
#if NET
        return new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Read,
            BufferSize = 1,
            PreallocationSize = length,
        });
#else
        FileStream stream = new(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, bufferSize: 1);
        stream.SetLength(length);
        stream.Position = 0;
        return stream;
#endif
    }

    /// <summary>Writes a small file that must not exist yet, and syncs it.</summary>
    public static void WriteNew(string path, byte[] content)
    {
        using FileStream stream = Create(path, content.Length);
        stream.Write(content, 0, content.Length);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Gives a new file the permissions and the owner of another, never wider ones.</summary>
    public static void CopyPermissions(string from, string to)
    {
#if NET
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(to, File.GetUnixFileMode(from));
        }
#endif
        if (Unix.Identify(from) is { } owner && Unix.Identify(to) is { } created && (owner.User, owner.Group) != (created.User, created.Group))
        {
            // Without root the file stays this account's, which is who made it.
            _ = Unix.TryChangeOwner(to, owner);
        }
    }

    /// <summary>Renames a synced file to a name that is free, durably; if that cannot be had, it has its old name again.</summary>
    public static void Publish(string temporary, string path)
    {
        File.Move(temporary, path);
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
    /// Puts a synced file in the place of another in one step; the other is kept under a third name. At no moment is there no file. It is durable
    /// after <see cref="SyncFolderOf"/>.
    /// </summary>
    public static void Replace(string temporary, string path, string keptAs)
    {
        try
        {
            File.Replace(temporary, path, keptAs);
        }
        catch (IOException) when (Unix.Identify(keptAs) is { } second && Unix.Identify(path)?.IsSameFile(second) == true)
        {
            // On Unix the old file gets its second name first. With two names no other command would touch it.
            File.Delete(keptAs);
            throw;
        }
    }

    /// <summary>A path that nothing has yet: the given one, or the given one with "-2", "-3" …</summary>
    public static string FreePath(string path, Func<string, bool> taken)
    {
        string free = path;
        for (int n = 2; taken(free); n++)
        {
            free = $"{path}-{n}";
        }

        return free;
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
