using System.Runtime.InteropServices;

namespace PosTenancy.Engine.Files;

/// <summary>What a folder allows, and what is left on its disk; both asked without writing anything.</summary>
internal static class FolderAccess
{
    /// <summary>Whether this account may create files in the folder, as far as can be told without creating one.</summary>
    public static bool IsWritable(string folder)
    {
        // On Windows the read-only attribute of a folder does not forbid anything; there the first write tells.
        if (RuntimeInformation.IsOSPlatform(OSPlatform.Windows))
        {
            return true;
        }

        // The attribute is kept even from root, who could write: somebody took the right away on purpose.
        return !new DirectoryInfo(folder).Attributes.HasFlag(FileAttributes.ReadOnly) && Unix.CanWrite(folder);
    }

    /// <summary>
    /// Bytes that this account may still write on the disk of the folder; <see langword="null"/> where the system does not say.
    /// </summary>
    public static long? AvailableBytes(string folder)
    {
        if (RuntimeInformation.IsOSPlatform(OSPlatform.Windows))
        {
            return Windows.AvailableBytes(folder);
        }

        try
        {
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception exception) when (exception is ArgumentException or IOException or UnauthorizedAccessException)
        {
            // The folder is not there, or may not be asked.
            return null;
        }
    }
}
