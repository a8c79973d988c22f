using System.Runtime.InteropServices;

namespace PosTenancy.Engine.Files;

/// <summary>What a folder permits, and the space left on its disk; determined without writing.</summary>
internal static class FolderAccess
{
    /// <summary>Whether this account may create files in the folder, as far as can be determined without creating one.</summary>
    public static bool IsWritable(string folder)
    {
        // On Windows a folder's read-only attribute forbids nothing; the first write shows whether it is allowed.
        if (RuntimeInformation.IsOSPlatform(OSPlatform.Windows))
        {
            return true;
        }

        // Respect the attribute even for root, who could write: it was set on purpose.
        return !new DirectoryInfo(folder).Attributes.HasFlag(FileAttributes.ReadOnly) && Unix.CanWrite(folder);
    }

    /// <summary>
    /// Bytes available to this account on the disk of the folder; <see langword="null"/> where the system does not report it.
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
            // The folder does not exist or is not accessible.
            return null;
        }
    }
}
