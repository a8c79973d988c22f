using System.Runtime.InteropServices;

namespace PosTenancy.Engine.Files;

/// <summary>The identity of a file whatever its name: device and inode on Linux, volume and file index on Windows.</summary>
/// <param name="Volume">Number of the device or volume.</param>
/// <param name="File">Number of the file on that volume.</param>
/// <param name="Names">Number of hard links to the file.</param>
/// <param name="IsRegularFile">Whether it is a regular file: no folder, pipe or device.</param>
internal readonly record struct FileIdentity(ulong Volume, ulong File, uint Names, bool IsRegularFile)
{
    /// <summary>
    /// Reads the identity of the file at a path without opening it for reading. <see langword="null"/> if there is none, or the system does
    /// not report it.
    /// </summary>
    public static FileIdentity? Read(string path) =>
        RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? Windows.Identify(path) : Unix.Stat(path)?.Identity;

    /// <summary>Whether two paths refer to the same file; <see langword="false"/> also where the system does not report it.</summary>
    public static bool IsSameFile(string path, string other) => Read(path) is { } file && Read(other)?.IsSameFile(file) == true;

    /// <summary>Whether both identify the same file.</summary>
    public bool IsSameFile(FileIdentity other) => File == other.File && Volume == other.Volume;
}
