namespace PosTenancy.Tests.Support;

/// <summary>What a command leaves that is killed.</summary>
internal static class KilledRun
{
    /// <summary>Leaves a folder as a kill at a report would: cp ignores locks.</summary>
    /// <param name="folder">The folder of the database.</param>
    /// <param name="activity">The activity of the report.</param>
    /// <param name="run">The command, which runs to its end.</param>
    public static void Leave(string folder, string activity, Action<Observer> run)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Only on Unix: a file that is open cannot be copied with what was written to it.");
        DirectoryInfo killed = Directory.CreateTempSubdirectory("postenancy-killed-");
        bool seen = false;
        run(new Observer(report =>
        {
            if (!seen && report.Activity == activity)
            {
                seen = true;
                Shell.Run("cp", null, "-a", folder + "/.", killed.FullName).ExitCode.ShouldBe(0);
            }
        }));
        seen.ShouldBeTrue();
        foreach (string entry in Directory.EnumerateFileSystemEntries(folder))
        {
            Shell.Run("rm", null, "-r", entry).ExitCode.ShouldBe(0);
        }

        Shell.Run("cp", null, "-a", killed.FullName + "/.", folder).ExitCode.ShouldBe(0);
        killed.Delete(recursive: true);
    }
}
