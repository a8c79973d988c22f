using System.Runtime.InteropServices;

namespace PosTenancy.Engine.Files;

/// <summary>System calls that durability needs and .NET does not offer.</summary>
internal static class Unix
{
    private const int WriteAndSearch = 2 | 1;
    private const int AtCurrentDirectory = -100;
    private const uint BasicStats = 0x7ff;
    private const int TypeMask = 0xf000;
    private const int RegularFile = 0x8000;
    private const uint Unchanged = uint.MaxValue;
    private const int Interrupted = 4;
    private const int InputOutputError = 5;
    private const int AccessDenied = 13;

    /// <summary>Offset of the name in struct dirent, on every 64-bit Linux.</summary>
    private const int EntryName = 19;

    /// <summary>Whether this system has these calls.</summary>
    public static bool IsAvailable => !RuntimeInformation.IsOSPlatform(OSPlatform.Windows);

    /// <summary>Whether this process may create files in the folder.</summary>
    public static bool CanWrite(string folder) => access(folder, WriteAndSearch) == 0;

    /// <summary>
    /// Makes a rename durable: on POSIX the new name is on the disk only after an fsync of the folder (sqlite.org/howtocorrupt.html).
    /// </summary>
    public static void SyncFolder(string folder)
    {
        int descriptor = open(folder, 0);
        if (descriptor < 0)
        {
            throw new IOException($"The folder '{folder}' could not be opened for syncing (error {Marshal.GetLastWin32Error()}).");
        }

        try
        {
            int result;
            do
            {
                result = fsync(descriptor);
            }
            while (result != 0 && Marshal.GetLastWin32Error() == Interrupted);

            if (result != 0)
            {
                throw new IOException($"The folder '{folder}' could not be synced (error {Marshal.GetLastWin32Error()}).");
            }
        }
        finally
        {
            _ = close(descriptor);
        }
    }

    /// <summary>
    /// Reads the identity and owner of the file at a path without opening it. <see langword="null"/> where the system does not report them.
    /// </summary>
    public static UnixFile? Stat(string path)
    {
        if (!RuntimeInformation.IsOSPlatform(OSPlatform.Linux))
        {
            return null;
        }

        // struct statx has one layout on every Linux: nlink at 16, uid 20, gid 24, mode 28, inode 32, both halves of the device at 136.
        byte[] buffer = new byte[256];
        try
        {
            if (statx(AtCurrentDirectory, path, 0, BasicStats, buffer) != 0)
            {
                return null;
            }
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }

        return new UnixFile(
            new FileIdentity(
                BitConverter.ToUInt64(buffer, 136),
                BitConverter.ToUInt64(buffer, 32),
                BitConverter.ToUInt32(buffer, 16),
                (BitConverter.ToUInt16(buffer, 28) & TypeMask) == RegularFile),
            BitConverter.ToUInt32(buffer, 20),
            BitConverter.ToUInt32(buffer, 24));
    }

    /// <summary>
    /// Lists the names in a folder on Linux. .NET's enumeration makes two more system calls for each symbolic link, as every entry of
    /// /proc/*/fd is: two thirds of the time of a search for open files.
    /// </summary>
    /// <exception cref="UnauthorizedAccessException">This account may not read the folder.</exception>
    /// <exception cref="IOException">The folder does not exist, or no longer exists.</exception>
    public static IEnumerable<string> ReadLinuxFolder(string folder)
    {
        IntPtr stream = opendir(folder);
        if (stream == IntPtr.Zero)
        {
            int error = Marshal.GetLastWin32Error();
            string message = $"The folder '{folder}' cannot be read (error {error}).";
            throw error == AccessDenied ? new UnauthorizedAccessException(message) : new IOException(message);
        }

        try
        {
            for (IntPtr entry = readdir(stream); entry != IntPtr.Zero; entry = readdir(stream))
            {
                string name = Marshal.PtrToStringAnsi(entry + EntryName)!;
                if (name is not ("." or ".."))
                {
                    yield return name;
                }
            }

            // The end of a folder is not an error; Mono does not reset the error number of an earlier one.
            if (Marshal.GetLastWin32Error() == InputOutputError)
            {
                throw new IOException($"The folder '{folder}' cannot be read completely.");
            }
        }
        finally
        {
            _ = closedir(stream);
        }
    }

    /// <summary>Gives a file to the owner of another. Only root can, and only root needs to; a refusal is returned, not thrown.</summary>
    public static bool TryChangeOwner(string path, UnixFile owner) => chown(path, owner.User, owner.Group) == 0;

    /// <summary>Gives a file to the group of another, which any member of that group may do.</summary>
    public static bool TryChangeGroup(string path, UnixFile owner) => chown(path, Unchanged, owner.Group) == 0;

#pragma warning disable IDE1006, SA1300 // the names are libc's
    [DllImport("libc", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int access(string path, int mode);

    [DllImport("libc", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int open(string path, int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int fsync(int descriptor);

    [DllImport("libc", SetLastError = true)]
    private static extern int close(int descriptor);

    [DllImport("libc", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern IntPtr opendir(string path);

    [DllImport("libc", SetLastError = true)]
    private static extern IntPtr readdir(IntPtr stream);

    [DllImport("libc", SetLastError = true)]
    private static extern int closedir(IntPtr stream);

    [DllImport("libc", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int chown(string path, uint owner, uint group);

    [DllImport("libc", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int statx(int folder, string path, int flags, uint mask, byte[] result);
#pragma warning restore IDE1006, SA1300
}

/// <summary>A file and its owner.</summary>
internal readonly record struct UnixFile(FileIdentity Identity, uint User, uint Group);
