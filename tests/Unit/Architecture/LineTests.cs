using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Architecture;

/// <summary>Lines are as long as .editorconfig allows, except where they cannot be broken.</summary>
public sealed class LineTests
{
    private const int Longest = 140;

    private static readonly string[] Folders = ["src", "tests", "bench", "samples", "module", "docs", ".github", ".ci"];
    private static readonly string[] Extensions =
        [".cs", ".ps1", ".psm1", ".psd1", ".ps1xml", ".md", ".csproj", ".props", ".targets", ".sh", ".yml", ""];

    private static readonly char[] Separators = ['/', '\\'];

    [Fact]
    public void Lines_are_no_longer_than_editorconfig_says()
    {
        string[] files = [.. Files()];
        files.Length.ShouldBeGreaterThan(300);
        files.SelectMany(LongLines).ShouldBeEmpty();
    }

    private static IEnumerable<string> Files() =>
        Directory
            .EnumerateFiles(Repository.Root)
            .Concat(Folders.SelectMany(f => Directory.EnumerateFiles(Path.Combine(Repository.Root, f), "*", SearchOption.AllDirectories)))
            .Where(f => Extensions.Contains(Path.GetExtension(f), StringComparer.Ordinal))
            .Where(f => !Path.GetRelativePath(Repository.Root, f).Split(Separators).Any(part => part is "bin" or "obj" or "Golden"));

    /// <summary>
    /// Excludes lines that cannot be broken: rows of a Markdown table, code blocks of a document, and raw strings, which are SQL, HTML or
    /// CSS.
    /// </summary>
    private static IEnumerable<string> LongLines(string file)
    {
        bool isMarkdown = file.EndsWith(".md", StringComparison.Ordinal);
        bool isRaw = false;
        int number = 0;
        foreach (string line in File.ReadLines(file))
        {
            number++;
            bool toggles = isMarkdown
                ? line.StartsWith("```", StringComparison.Ordinal)
                : line.Split("\"\"\"").Length % 2 == 0;
            isRaw ^= toggles;
            if (line.Length > Longest && !isRaw && !(isMarkdown && line.StartsWith('|')))
            {
                yield return $"{file}:{number}: {line.Length}";
            }
        }
    }
}
