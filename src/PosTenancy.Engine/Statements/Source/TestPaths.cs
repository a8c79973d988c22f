namespace PosTenancy.Engine.Statements.Source;

/// <summary>Tells files of tests and migrations by the conventions of the languages.</summary>
internal static class TestPaths
{
    private static readonly HashSet<string> TestFolders =
        new(StringComparer.OrdinalIgnoreCase) { "tests", "test", "__tests__", "spec", "specs", "androidTest", "testdata", "__mocks__",
            "e2e" };

    private static readonly HashSet<string> MigrationFolders = new(StringComparer.OrdinalIgnoreCase) { "migrations", "migration",
        "migrate" };

    private static readonly string[] FolderEnds = [".Tests", ".Test", ".UnitTests", ".IntegrationTests"];

    /// <summary>Ends of names without extension, each with the languages that use it.</summary>
    private static readonly (string End, string Extensions)[] NameEnds =
    [
        ("_test", ".go .py .rb .rs .php"),
        ("_tests", ".rs"),
        ("_spec", ".rb"),
        ("Tests", ".cs .java .kt"),
        ("Test", ".cs .java .kt .php"),
        (".test", ".ts .tsx .js .jsx .mts .cts .mjs .cjs"),
        (".spec", ".ts .tsx .js .jsx .mts .cts .mjs .cjs"),
    ];

    public static bool IsTestFolder(string name) =>
        TestFolders.Contains(name) || Array.Exists(FolderEnds, e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase));

    public static bool IsMigrationFolder(string name) => MigrationFolders.Contains(name);

    public static bool IsTestFile(string name)
    {
        string extension = Path.GetExtension(name).ToLowerInvariant();
        string stem = Path.GetFileNameWithoutExtension(name);
        return (extension == ".py" && (stem.StartsWith("test_", StringComparison.Ordinal) || stem is "conftest" or "tests")) ||
            (extension == ".rs" && stem == "tests") ||
            Array.Exists(NameEnds, e => stem.EndsWith(e.End, StringComparison.Ordinal) && extension.Length > 0 &&
                e.Extensions.Split(' ').Contains(extension));
    }
}
