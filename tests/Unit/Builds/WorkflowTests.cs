using PosTenancy.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace PosTenancy.Tests.Builds;

/// <summary>The workflow that runs on GitHub but not on this machine: it is valid YAML, and every file that it calls exists.</summary>
public sealed class WorkflowTests
{
    private static readonly YamlMappingNode Workflow = Read();

    private static IEnumerable<YamlMappingNode> Jobs => ((YamlMappingNode)Workflow["jobs"]).Children.Values.Cast<YamlMappingNode>();

    private static IEnumerable<YamlMappingNode> Steps => Jobs.SelectMany(j => (YamlSequenceNode)j["steps"]).Cast<YamlMappingNode>();

    private static string[] Commands => [.. Steps.Select(s => Text(s, "run")).OfType<string>()];

    [Fact]
    public void Every_system_runs_both_commands_of_the_readme_and_makes_the_package()
    {
        YamlMappingNode test = Jobs.First();
        ((YamlSequenceNode)test["strategy"]["matrix"]["os"])
            .Select(os => os.ToString())
            .ShouldBe(["windows-latest", "ubuntu-latest", "macos-latest"]);
        string readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        foreach (string command in new[] { "dotnet run --project samples/QuickStart", "dotnet test" })
        {
            readme.ShouldContain("\n" + command + " ");
            ((YamlSequenceNode)test["steps"]).Cast<YamlMappingNode>().Select(s => Text(s, "run")).ShouldContain(command);
        }

        string?[] packagedBy =
        [
            .. Steps.Where(s => Text(s, "run")?.Contains("-Task Package", StringComparison.Ordinal) == true).Select(s => Text(s, "shell")),
        ];
        packagedBy.ShouldBe(["pwsh", "powershell"]);
    }

    [Fact]
    public void What_it_calls_exists()
    {
        string build = File.ReadAllText(Path.Combine(Repository.Root, "build.ps1"));
        Commands.ShouldNotBeEmpty();
        foreach (string[] words in Commands.Select(c => c.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)))
        {
            foreach ((string option, string value) in words.Zip(words.Skip(1)))
            {
                if (option == "-Task")
                {
                    build.ShouldContain($"'{value}' {{");
                }
                else if (option == "--project")
                {
                    Directory.GetFiles(Path.Combine(Repository.Root, value), "*.csproj").ShouldHaveSingleItem();
                }
            }
        }
    }

    [Fact]
    public void Each_step_runs_something_and_each_action_has_a_version() =>
        Steps.ShouldAllBe(s =>
            s.Children.ContainsKey("run") != s.Children.ContainsKey("uses") &&
            (Text(s, "uses") ?? "@v1").Contains("@v", StringComparison.Ordinal));

    private static string? Text(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(key, out YamlNode? value) ? ((YamlScalarNode)value).Value : null;

    private static YamlMappingNode Read()
    {
        YamlStream stream = [];
        using StreamReader file = File.OpenText(Path.Combine(Repository.Root, ".github", "workflows", "ci.yml"));
        stream.Load(file);
        return (YamlMappingNode)stream.Documents.ShouldHaveSingleItem().RootNode;
    }
}
