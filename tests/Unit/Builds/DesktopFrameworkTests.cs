using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Builds;

/// <summary>The engine as loaded by Windows PowerShell 5.1, in .NET Framework on Windows and in Mono elsewhere.</summary>
public sealed class DesktopFrameworkTests : TestFolder
{
    [Fact]
    public void Backup_upgrade_and_restore_do_what_they_promise()
    {
        string program = Path.Combine(Repository.Root, "tests", "Desktop", "bin", "PosTenancy.Tests.Desktop.exe");
        string? mono = Shell.Find(Environment.GetEnvironmentVariable("PATH"), "mono");
        Assert.SkipUnless(
            OperatingSystem.IsWindows() || mono is not null,
            "The build for .NET Framework was not run: no folder of PATH has Mono.");
        OnlyOn.NotWine("the .NET Framework");

        // Mono does not search for native libraries where .NET stores them.
        string native = Path.Combine(Repository.Root, "module", "bin", "net8.0", "runtimes", "linux-x64", "native");
        (int code, string output, string error) = OperatingSystem.IsWindows()
            ? Shell.Run(program, null, Database)
            : Shell.Run("env", null, "LD_LIBRARY_PATH=" + native, mono!, program, Database);

        code.ShouldBe(0, output + error);
        Sha256(Database).ShouldBe(Sha256(Directory.GetFiles(Folder, "pos.db.backup-*").Order(StringComparer.Ordinal).First()));
        Shell.Sql(Database, "PRAGMA integrity_check").ShouldBe("ok");
    }
}
