#if !NET
using System.Reflection;
using System.Runtime.InteropServices;

namespace PosTenancy.Loader;

/// <summary>
/// .NET Framework has no load contexts. There, the module's assemblies are resolved from the module's folder, and the native library is
/// loaded by its full path before it is requested by name.
/// </summary>
internal static class DesktopAssemblies
{
    public static void Prepare(string folder)
    {
        // Windows PowerShell has no binding redirects for PosTenancy: System.Memory requests versions other than those of the files.
        AppDomain.CurrentDomain.AssemblyResolve += (_, request) =>
        {
            AssemblyName wanted = new(request.Name);
            string path = Path.Combine(folder, wanted.Name + ".dll");
            return File.Exists(path) && (IsOurs(request.RequestingAssembly, folder) || IsOffered(wanted, path))
                ? Assembly.LoadFrom(path)
                : null;
        };

        // Match the process, not the machine: a 32-bit PowerShell on a 64-bit Windows needs the 32-bit library.
        if (RuntimeInformation.IsOSPlatform(OSPlatform.Windows) && LoadLibrary(NativeLibrary.PathIn(folder)) == IntPtr.Zero)
        {
            throw new DllNotFoundException(
                $"'{NativeLibrary.PathIn(folder)}' could not be loaded (error {Marshal.GetLastWin32Error()}). Install the module again.");
        }
    }

    /// <summary>
    /// Whether an assembly of this folder asks: of the same System assembly, another module may need a version that is not here, and fails
    /// or finds its own if it is not given this one.
    /// </summary>
    private static bool IsOurs(Assembly? assembly, string folder) =>
        assembly is { IsDynamic: false, Location.Length: > 0 } &&
        string.Equals(Path.GetDirectoryName(assembly.Location), folder, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the file is exactly what is wanted, or an assembly that only PosTenancy has.</summary>
    private static bool IsOffered(AssemblyName wanted, string path) =>
        wanted.Name.StartsWith("PosTenancy.", StringComparison.Ordinal) ||
        string.Equals(AssemblyName.GetAssemblyName(path).FullName, wanted.FullName, StringComparison.OrdinalIgnoreCase);

    [DllImport("kernel32.dll", CharSet = CharSet.Unicode, SetLastError = true)]
    private static extern IntPtr LoadLibrary(string path);
}
#endif
