using System.Reflection;

namespace PosTenancy.Loader;

/// <summary>The module's own assemblies, loaded once per process.</summary>
public static class ModuleAssembly
{
    private static readonly string[] Names = ["PosTenancy.Cmdlets.dll", "PosTenancy.Engine.dll"];

    private static readonly Lazy<Assembly[]> Loaded = new(LoadFromThisFolder);

    /// <summary>Loads the assemblies, or returns the loaded ones.</summary>
    /// <returns>
    /// The assemblies for <c>Import-Module -Assembly</c>: the cmdlets, and the engine, whose types are those of parameters. PowerShell
    /// finds types of another load context only in assemblies that it has imported.
    /// </returns>
    public static Assembly[] Load() => [.. Loaded.Value];

    private static Assembly[] LoadFromThisFolder()
    {
        string folder = Path.GetDirectoryName(typeof(ModuleAssembly).Assembly.Location)!;
#if NET
        ModuleLoadContext context = new(folder);
        return [.. Names.Select(name => context.LoadFromAssemblyPath(Path.Combine(folder, name)))];
#else
        DesktopAssemblies.Prepare(folder);
        return [.. Names.Select(name => Assembly.LoadFrom(Path.Combine(folder, name)))];
#endif
    }
}
