using System.Runtime.InteropServices;

namespace PosTenancy.Engine.Files;

/// <summary>What makes a file the same file under every name: device and inode on Linux, volume and file index on Windows.</summary>
/// <param name="Volume">Number of the device or volume.</param>
/// <param name="File">Number of the file on it.</param>
/// <param name="Names">How many names the file has.</param>
/// <param name="IsRegularFile">Whether it is a file: no folder, pipe or device.</param>
internal readonly record struct FileIdentity(ulong Volume, ulong File, uint Names, bool IsRegularFile)
{
    /// <summary>
    /// The file that a path leads to; it is not opened for reading. <see langword="null"/> if there is none, or the system cannot say.
    /// </summary>
    public static FileIdentity? Read(string path) =>
        RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? Windows.Identify(path) : Unix.Stat(path)?.Identity;

    /// <summary>Whether two paths lead to one file; <see langword="false"/> also where the system cannot say.</summary>
    public static bool IsSameFile(string path, string other) => Read(path) is { } file && Read(other)?.IsSameFile(file) == true;

    /// <summary>Whether both are one file.</summary>
    public bool IsSameFile(FileIdentity other) => File == other.File && Volume == other.Volume;
}
