using System.Globalization;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Reliability;

/// <summary>A file system in memory for one test, with a real size limit.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _ballast;

    private SmallDisk(string folder)
    {
        Folder = folder;
        _ballast = Path.Combine(folder, "ballast");
    }

    public string Folder { get; }

    /// <summary>Path of the file that uses up the space; it does not exist before <see cref="LeaveFree"/> is called.</summary>
    public string Ballast => _ballast;

    /// <summary>Mounts a disk on a new folder; skips the test where mounting is not allowed.</summary>
    /// <param name="folder">Path of the folder to create.</param>
    /// <param name="options">Options of tmpfs, such as <c>size=4096k</c>.</param>
    public static SmallDisk Mount(string folder, string options)
    {
        OnlyOn.Unix("a small file system can be mounted in memory");
        Directory.CreateDirectory(folder);
        (int code, _, string error) = Shell.Run("mount", null, "-t", "tmpfs", "-o", options, "tmpfs", folder);
        Assert.SkipWhen(code != 0, $"A small file system could not be mounted, which needs root: {error.Trim()}");
        return new SmallDisk(folder);
    }

    public void Remount(string options)
    {
        (int code, _, string error) = Shell.Run("mount", null, "-o", "remount," + options, Folder);
        code.ShouldBe(0, error);
    }

    /// <summary>Remounts read-only, as the system does when a disk fails. Open files stay open.</summary>
    public void BecomeReadOnly()
    {
        Shell.Run("mount", null, "--bind", Folder, Folder).ExitCode.ShouldBe(0);
        Shell.Run("mount", null, "-o", "remount,bind,ro", Folder).ExitCode.ShouldBe(0);
    }

    /// <summary>Undoes <see cref="BecomeReadOnly"/>.</summary>
    public void BecomeWritable() => Shell.Run("umount", null, "--lazy", Folder).ExitCode.ShouldBe(0);

    public void Resize(long kibibytes) => Remount(string.Create(CultureInfo.InvariantCulture, $"size={kibibytes}k"));

    /// <summary>Lets another program write until this much space is left.</summary>
    public void LeaveFree(long kibibytes)
    {
        using FileStream ballast = new(_ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1);
        long bytes = new DriveInfo(Folder).AvailableFreeSpace - (kibibytes * 1024);
        ballast.Write(new byte[Math.Max(0, bytes)]);
        ballast.Flush(flushToDisk: true);
    }

    /// <summary>
    /// Truncates the file before deleting it: between fork and exec a process started by another test holds it open, and would keep its
    /// bytes.
    /// </summary>
    public void MakeRoom()
    {
        File.Open(_ballast, FileMode.Truncate).Dispose();
        File.Delete(_ballast);
    }

    public void Dispose()
    {
        if (Shell.Run("umount", null, Folder).ExitCode != 0)
        {
            Shell.Run("umount", null, "--lazy", Folder).ExitCode.ShouldBe(0);
        }
    }
}
