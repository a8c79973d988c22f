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
            string path = Path.Combine(folder, new AssemblyName(request.Name).Name + ".dll");
            return File.Exists(path) ? Assembly.LoadFrom(path) : null;
        };

        // Match the process, not the machine: a 32-bit PowerShell on a 64-bit Windows needs the 32-bit library.
        if (RuntimeInformation.IsOSPlatform(OSPlatform.Windows) && LoadLibrary(NativeLibrary.PathIn(folder)) == IntPtr.Zero)
        {
            throw new DllNotFoundException(
                $"'{NativeLibrary.PathIn(folder)}' could not be loaded (error {Marshal.GetLastWin32Error()}). Install the module again.");
        }
    }

    [DllImport("kernel32.dll", CharSet = CharSet.Unicode, SetLastError = true)]
    private static extern IntPtr LoadLibrary(string path);
}
#endif
