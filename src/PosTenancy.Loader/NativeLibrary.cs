using System.Runtime.InteropServices;

namespace PosTenancy.Loader;

/// <summary>Finds the SQLite library for this process among those that the module ships.</summary>
internal static class NativeLibrary
{
    /// <summary>The library name that SQLitePCLRaw requests.</summary>
    public const string Name = "e_sqlite3";

    /// <summary>Full path of the library for the operating system and the architecture of this process.</summary>
    public static string PathIn(string folder)
    {
        string architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        (string system, string file) =
            RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? ("win", Name + ".dll")
            : RuntimeInformation.IsOSPlatform(OSPlatform.OSX) ? ("osx", $"lib{Name}.dylib")
            : (IsMusl ? "linux-musl" : "linux", $"lib{Name}.so");
        return Path.Combine(folder, "runtimes", $"{system}-{architecture}", "native", file);
    }

#if NET
    private static bool IsMusl => RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal);
#else
    private static bool IsMusl => false;
#endif
}
