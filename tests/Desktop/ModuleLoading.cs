using System.Reflection;

namespace PosTenancy.Tests.Desktop;

/// <summary>
/// Loads the module as Windows PowerShell does: by its loader, into a program without binding redirects, which has none of its assemblies.
/// </summary>
internal static class ModuleLoading
{
    /// <summary>Copies a database, and shows that another program would not be given an assembly of the module.</summary>
    /// <param name="args">copy, the folder of the module's assemblies, and what <see cref="Copy"/> takes.</param>
    public static int Run(string[] args)
    {
        Assembly loader = Assembly.LoadFrom(Path.Combine(args[1], "PosTenancy.Loader.dll"));
        _ = loader.GetType("PosTenancy.Loader.ModuleAssembly", throwOnError: true).GetMethod("Load").Invoke(null, null);
        Console.WriteLine($"newer: {Find("System.Text.Json, Version=99.0.0.0, Culture=neutral, PublicKeyToken=cc7b13ffcd2ddd51")}");
        Console.WriteLine($"older: {Find("System.Threading.Channels, Version=1.0.0.0, Culture=neutral, PublicKeyToken=cc7b13ffcd2ddd51")}");
        return Copy.Run(args.Skip(2).ToArray());
    }

    private static string Find(string name)
    {
        try
        {
            return Assembly.Load(name).FullName;
        }
        catch (FileNotFoundException)
        {
            return "not given";
        }
    }
}
