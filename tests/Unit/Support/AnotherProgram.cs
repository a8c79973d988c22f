using System.Globalization;

namespace PosTenancy.Tests.Support;

/// <summary>
/// Actions of another program on a file while the engine runs. Windows forbids many of them; then the test is skipped with the reason.
/// </summary>
internal static class AnotherProgram
{
    /// <summary>Renames, deletes or replaces a file.</summary>
    public static void Does(Action act)
    {
        try
        {
            act();
        }
        catch (Exception exception) when (OperatingSystem.IsWindows() && exception is IOException or UnauthorizedAccessException)
        {
            Assert.Skip($"Only on Unix: Windows forbids it. {exception.Message}");
        }
    }

    /// <summary>Writes into a file. Uses dd on Unix: .NET would respect the lock of an open stream.</summary>
    public static void Writes(string path, long place, string bytes)
    {
        if (OperatingSystem.IsWindows())
        {
            Does(() =>
            {
                using FileStream file = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
                file.Position = place;
                file.Write(System.Text.Encoding.ASCII.GetBytes(bytes));
            });
            return;
        }

        Shell
            .Run("dd", bytes, "of=" + path, "bs=1", "seek=" + place.ToString(CultureInfo.InvariantCulture), "conv=notrunc", "status=none")
            .ExitCode.ShouldBe(0);
    }

    /// <summary>Truncates a file.</summary>
    public static void Truncates(string path, long length)
    {
        if (OperatingSystem.IsWindows())
        {
            Does(() =>
            {
                using FileStream file = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
                file.SetLength(length);
            });
            return;
        }

        Shell.Run("truncate", null, "-s", length.ToString(CultureInfo.InvariantCulture), path).ExitCode.ShouldBe(0);
    }

    /// <summary>Creates a named pipe at a path.</summary>
    public static void MakesPipe(string path)
    {
        OnlyOn.Unix("a pipe with the name of a file");
        Shell.Run("mkfifo", null, path).ExitCode.ShouldBe(0);
    }

    /// <summary>Creates a symbolic link, which on Windows needs a privilege that not every account has, and which Wine lacks.</summary>
    public static void MakesLink(string path, string target)
    {
        Does(() => File.CreateSymbolicLink(path, target));
        Assert.SkipWhen(
            OperatingSystem.IsWindows() && new FileInfo(path).LinkTarget is null,
            "Only where there are symbolic links: Wine has none.");
    }
}
