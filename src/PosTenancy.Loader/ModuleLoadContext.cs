#if NET
using System.Reflection;
using System.Runtime.Loader;

namespace PosTenancy.Loader;

/// <summary>
/// The module's own load context: another module may have other versions of the same assemblies, and another SQLite, in the default one.
/// Only
/// PowerShell itself is shared.
/// </summary>
internal sealed class ModuleLoadContext(string folder) : AssemblyLoadContext("PosTenancy", isCollectible: false)
{
    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        string path = Path.Combine(folder, assemblyName.Name + ".dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }

    /// <inheritdoc/>
    protected override IntPtr LoadUnmanagedDll(string unmanagedDllName)
    {
        // A custom context does not probe runtimes/<rid>/native: without this override the default search finds another module's library,
        // or
        // none.
        string path = NativeLibrary.PathIn(folder);
        return unmanagedDllName == NativeLibrary.Name && File.Exists(path) ? LoadUnmanagedDllFromPath(path) : IntPtr.Zero;
    }
}
#endif
