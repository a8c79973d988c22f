using System.Runtime.InteropServices;

namespace PosTenancy.Engine.Files;

/// <summary>How this system compares paths of files: Windows ignores case.</summary>
internal static class PathComparison
{
    private static readonly bool IgnoresCase = RuntimeInformation.IsOSPlatform(OSPlatform.Windows);

    /// <summary>To compare two paths, or the beginnings or ends of them.</summary>
    public static StringComparison Kind => IgnoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    /// <summary>For sets of paths.</summary>
    public static StringComparer Comparer => IgnoresCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
}
