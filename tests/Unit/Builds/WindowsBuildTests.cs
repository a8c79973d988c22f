using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Builds;

/// <summary>
/// The tests of Windows-specific behavior, in the build for Windows, under a Wine set up by tests/Windows/make-wine.sh. They run after all
/// other tests, since they use both processors for minutes.
/// </summary>
[CollectionDefinition(nameof(WindowsBuildTests), DisableParallelization = true)]
[Collection(nameof(WindowsBuildTests))]
public sealed class WindowsBuildTests(ITestOutputHelper output)
{
    [Fact]
    public void Windows_build_passes_its_tests_under_Wine()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "These tests are the build for Windows already.");
        string wine = Environment.GetEnvironmentVariable("POSTENANCY_WINE") ?? Path.Combine(Repository.Root, "artifacts", "wine");
        Assert.SkipUnless(
            Directory.Exists(Path.Combine(wine, "prefix")),
            $"The Windows build was not run: there is no Wine in '{wine}'. Make one with tests/Windows/make-wine.sh.");

        (int code, string text, string error) = PowerShell.Run(
            "-File",
            Path.Combine(Repository.Root, "build.ps1"),
            "-Task",
            "TestWindows",
            "-Short");

        output.WriteLine(text);
        code.ShouldBe(0, text + error);
        text.ShouldContain("Failed: 0,", customMessage: text);
    }
}
