using System.Runtime.InteropServices;

namespace PosTenancy.Tests.Support;

/// <summary>Skips a test on a system without the tested feature, and reports the reason.</summary>
internal static class OnlyOn
{
    private static bool IsWine { get; } = OperatingSystem.IsWindows() &&
        NativeLibrary.TryLoad("ntdll.dll", out nint ntdll) && NativeLibrary.TryGetExport(ntdll, "wine_get_version", out _);

    /// <summary>For features of Unix: modes, owners, pipes in the file system, mounts, two names during a rename.</summary>
    public static void Unix(string what) => Assert.SkipWhen(OperatingSystem.IsWindows(), $"Only on Unix: {what}.");

    /// <summary>For features of Windows, also under Wine: sharing modes, names that ignore case.</summary>
    public static void Windows(string what) => Assert.SkipUnless(OperatingSystem.IsWindows(), $"Only on Windows: {what}.");

    /// <summary>For features that Wine lacks: permissions of NTFS, volumes mounted in folders.</summary>
    public static void RealWindows(string what)
    {
        Windows(what);
        NotWine(what);
    }

    /// <summary>For features of every system but Wine.</summary>
    public static void NotWine(string what) => Assert.SkipWhen(IsWine, $"Not under Wine: {what}.");
}
