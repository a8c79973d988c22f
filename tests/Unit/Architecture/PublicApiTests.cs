using PosTenancy.Tests.Support;
using PublicApiGenerator;

namespace PosTenancy.Tests.Architecture;

/// <summary>The public API of the engine. To accept an intended change, run with POSTENANCY_ACCEPT_GOLDEN=1.</summary>
public sealed class PublicApiTests
{
    private static readonly string Expected = Path.Combine(Repository.Root, "tests", "Unit", "Architecture", "PublicApi.txt");

    [Fact]
    public void Public_API_of_the_engine_is_what_it_was()
    {
        string now = typeof(PosTenancyException).Assembly.GeneratePublicApi(
            new ApiGeneratorOptions { IncludeAssemblyAttributes = false, UseDenyNamespacePrefixesForExtensionMethods = false });
        if (Golden.IsAccepted)
        {
            File.WriteAllText(Expected, now.Replace("\r", "", StringComparison.Ordinal).TrimEnd() + "\n");
        }

        Lines(now).ShouldBe(Lines(File.ReadAllText(Expected)));
    }

    private static string[] Lines(string text) => [.. text.Split('\n').Select(l => l.TrimEnd()).Where(l => l.Length > 0)];
}
