using PosTenancy.Engine.Files;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Files;

/// <summary>Free space is measured on the volume that receives the files.</summary>
[Trait("Windows", "Short")]
public sealed class FolderAccessTests : TestFolder
{
    private const long Slack = 1L << 30;

    [Fact]
    public void Free_space_of_a_folder_is_that_of_its_drive()
    {
        long drive = new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(Folder)! : Folder).AvailableFreeSpace;

        FolderAccess.AvailableBytes(Folder).ShouldNotBeNull().ShouldBeInRange(drive - Slack, drive + Slack);
    }

    [Fact]
    public void Folder_that_is_not_there_has_no_free_space_to_tell() =>
        FolderAccess.AvailableBytes(Path.Combine(Folder, "not there")).ShouldBeNull();

    [Fact]
    public void Free_space_of_a_volume_that_is_mounted_in_a_folder_is_that_of_the_volume()
    {
        string mount = Directory.CreateDirectory(Path.Combine(Folder, "mount")).FullName;
        if (OperatingSystem.IsWindows())
        {
            OnlyOn.RealWindows("a volume that is mounted in a folder");
            MountOnWindows(Path.Combine(Folder, "disk.vhd"), mount);
        }
        else
        {
            (int code, _, string error) = Shell.Run("mount", null, "-t", "tmpfs", "-o", "size=16m", "tmpfs", mount);
            Assert.SkipWhen(code != 0, $"A small file system could not be mounted, which needs root: {error.Trim()}");
        }

        try
        {
            FolderAccess.AvailableBytes(mount).ShouldNotBeNull().ShouldBeLessThan(32L << 20);
        }
        finally
        {
            if (OperatingSystem.IsWindows())
            {
                DiskPart($"select vdisk file=\"{Path.Combine(Folder, "disk.vhd")}\"", "detach vdisk");
            }
            else
            {
                Shell.Run("umount", null, mount).ExitCode.ShouldBe(0);
            }
        }
    }

    private void MountOnWindows(string disk, string mount)
    {
        string error = DiskPart(
            $"create vdisk file=\"{disk}\" maximum=32 type=expandable",
            $"select vdisk file=\"{disk}\"",
            "attach vdisk",
            "create partition primary",
            "format fs=ntfs quick",
            $"assign mount=\"{mount}\"");
        Assert.SkipWhen(error.Length > 0, $"A small volume could not be mounted, which needs an administrator: {error}");
    }

    /// <summary>The output of a failed diskpart; empty if it succeeded.</summary>
    private string DiskPart(params string[] commands)
    {
        string script = Path.Combine(Folder, "diskpart.txt");
        File.WriteAllLines(script, commands);
        (int code, string output, string error) = Shell.Run("diskpart", null, "/s", script);
        return code == 0 ? "" : (output + error).Trim();
    }
}
