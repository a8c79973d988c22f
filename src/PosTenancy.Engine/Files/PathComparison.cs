using System.Runtime.InteropServices;

namespace PosTenancy.Engine.Files;

/// <summary>How this system compares paths of files: Windows ignores case.</summary>
internal static class PathComparison
{
    private static readonly bool IgnoresCase = RuntimeInformation.IsOSPlatform(OSPlatform.Windows);

    /// <summary>Comparison for two paths, their prefixes or suffixes.</summary>
    public static StringComparison Kind => IgnoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    /// <summary>Comparer for sets of paths.</summary>
    public static StringComparer Comparer => IgnoresCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
}
