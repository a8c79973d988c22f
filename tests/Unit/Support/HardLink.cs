using System.Runtime.InteropServices;

namespace PosTenancy.Tests.Support;

/// <summary>A second name for a file.</summary>
internal static class HardLink
{
    public static void Create(string file, string secondName)
    {
        bool created = OperatingSystem.IsWindows() ? CreateHardLinkW(secondName, file, 0) : link(file, secondName) == 0;
        created.ShouldBeTrue($"'{secondName}' could not be made a name of '{file}' (error {Marshal.GetLastPInvokeError()})");
    }

#pragma warning disable IDE1006, SA1300 // the names are the systems' own
    [DllImport("kernel32.dll", CharSet = CharSet.Unicode, SetLastError = true)]
    private static extern bool CreateHardLinkW(string secondName, string file, nint security);

    [DllImport("libc", SetLastError = true)]
    private static extern int link(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string file,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string secondName);
#pragma warning restore IDE1006, SA1300
}
