using System.Reflection;

namespace PosTenancy.Loader;

/// <summary>The assembly with the module's cmdlets, loaded once per process.</summary>
public static class ModuleAssembly
{
    private static readonly Lazy<Assembly> Loaded = new(LoadFromThisFolder);

    /// <summary>Loads the assembly, or returns the loaded one.</summary>
    /// <returns>The assembly for <c>Import-Module -Assembly</c>.</returns>
    public static Assembly Load() => Loaded.Value;

    private static Assembly LoadFromThisFolder()
    {
        string folder = Path.GetDirectoryName(typeof(ModuleAssembly).Assembly.Location)!;
        string path = Path.Combine(folder, "PosTenancy.Cmdlets.dll");
#if NET
        return new ModuleLoadContext(folder).LoadFromAssemblyPath(path);
#else
        DesktopAssemblies.Prepare(folder);
        return Assembly.LoadFrom(path);
#endif
    }
}
