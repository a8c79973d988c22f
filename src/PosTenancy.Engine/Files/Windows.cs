using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PosTenancy.Engine.Files;

/// <summary>Windows calls that .NET does not offer. Source: "Data Access and Storage" in the Windows API reference.</summary>
internal static class Windows
{
    private const int ShareEverything = 1 | 2 | 4;
    private const int OpenExisting = 3;
    private const int AlsoFolders = 0x02000000;
    private const uint IsFolder = 0x10;
    private const int DiskFile = 1;

    /// <summary>Length from which Windows accepts a path only in its extended form (MAX_PATH).</summary>
    private const int LongPath = 260;

    /// <summary>Identifies the file at a path. Opens it without any access, which no other program's sharing mode forbids.</summary>
    public static FileIdentity? Identify(string path)
    {
        using SafeFileHandle handle = CreateFileW(Extended(path), 0, ShareEverything, IntPtr.Zero, OpenExisting, AlsoFolders, IntPtr.Zero);
        return !handle.IsInvalid && GetFileInformationByHandle(handle, out FileInformation file)
            ? new FileIdentity(
                file.VolumeSerialNumber,
                ((ulong)file.FileIndexHigh << 32) | file.FileIndexLow,
                file.NumberOfLinks,
                GetFileType(handle) == DiskFile && (file.Attributes & IsFolder) == 0)
            : null;
    }

    /// <summary>
    /// Bytes available to this account in a folder, on the volume mounted there, which may differ from that of its drive.
    /// <see langword="null"/> if the system does not report it.
    /// </summary>
    public static long? AvailableBytes(string folder) =>
        GetDiskFreeSpaceExW(Extended(folder).TrimEnd('\\') + "\\", out ulong available, out _, out _)
            ? (long)Math.Min(available, (ulong)long.MaxValue)
            : null;

    private static string Extended(string path) =>
        path.Length < LongPath || path.StartsWith(@"\\?\", StringComparison.Ordinal) ? path
        : path.StartsWith(@"\\", StringComparison.Ordinal) ? $@"\\?\UNC\{path.Substring(2)}"
        : @"\\?\" + path;

    [DllImport("kernel32.dll", CharSet = CharSet.Unicode, SetLastError = true)]
    private static extern SafeFileHandle CreateFileW(
        string path, int access, int share, IntPtr security, int disposition, int flags, IntPtr template);

    [DllImport("kernel32.dll", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static extern bool GetFileInformationByHandle(SafeFileHandle handle, out FileInformation information);

    [DllImport("kernel32.dll", SetLastError = true)]
    private static extern int GetFileType(SafeFileHandle handle);

    [DllImport("kernel32.dll", CharSet = CharSet.Unicode, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static extern bool GetDiskFreeSpaceExW(string folder, out ulong available, out ulong total, out ulong free);

    [StructLayout(LayoutKind.Sequential)]
    private struct FileInformation
    {
        public uint Attributes;
        public uint CreatedLow;
        public uint CreatedHigh;
        public uint ReadLow;
        public uint ReadHigh;
        public uint WrittenLow;
        public uint WrittenHigh;
        public uint VolumeSerialNumber;
        public uint LengthHigh;
        public uint LengthLow;
        public uint NumberOfLinks;
        public uint FileIndexHigh;
        public uint FileIndexLow;
    }
}
