namespace PosTenancy.Tests.Support;

/// <summary>The checkout from which the tests were built.</summary>
internal static class Repository
{
    /// <summary>Full path of its root folder.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "PosTenancy.psd1")))
        {
            folder = folder.Parent;
        }

        return folder.ShouldNotBeNull($"no folder above {AppContext.BaseDirectory} has PosTenancy.psd1").FullName;
    }
}
