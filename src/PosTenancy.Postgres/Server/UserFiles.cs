namespace PosTenancy.Postgres.Server;

/// <summary>The places of a user's files that libpq's programs share.</summary>
internal static class UserFiles
{
    /// <summary>Whether this is Windows, where they are in a folder of their own, and their permissions are not examined.</summary>
    public static bool IsWindows { get; } = Path.DirectorySeparatorChar == '\\';

    /// <summary>Full path of a file in the home directory; on Windows in the folder postgresql of the application data.</summary>
    /// <returns><see langword="null"/> if there is no home directory.</returns>
    public static string? Find(string unixName, string windowsName)
    {
        string? home = IsWindows
            ? Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData)
            : Environment.GetEnvironmentVariable("HOME");
        return string.IsNullOrEmpty(home) ? null
            : IsWindows ? Path.Combine(home, "postgresql", windowsName)
            : Path.Combine(home, unixName);
    }
}
