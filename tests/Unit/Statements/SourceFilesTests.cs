using PosTenancy.Engine.Statements.Source;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Statements;

/// <summary>Which files of an application are read.</summary>
public sealed class SourceFilesTests : TestFolder
{
    private readonly SourceSummary _summary = new();

    [Fact]
    public void Files_of_every_language_are_found_in_the_order_of_their_paths()
    {
        Write("b/x.py", "a.rs", "a.cs", "c.tsx", "d.mjs", "e.go", "F.java", "g.kt", "h.php", "i.rb", "j.sql", ".sqlx/query-1.json",
            "k.txt", "l.json", "m");
        Find().ShouldBe(["a.rs", "a.cs", "c.tsx", "d.mjs", "e.go", "F.java", "g.kt", "h.php", "i.rb", "j.sql", ".sqlx/query-1.json",
            "b/x.py"],
            ignoreOrder: true);
        Find().ShouldBe(Find());
    }

    [Fact]
    public void Folders_of_tools_are_left_out()
    {
        Write("a.py", ".git/a.py", "node_modules/a.js", "x/target/a.rs", "bin/a.cs", "obj/a.cs", "vendor/a.go", "dist/a.js", ".venv/a.py",
            "binary/a.py");
        Find().ShouldBe(["a.py", "binary/a.py"]);
    }

    [Fact]
    public void Tests_and_migrations_are_left_out_unless_asked_for()
    {
        Write("a.py", "tests/a.py", "test_a.py", "a_test.go", "a.test.ts", "a.spec.js", "ATests.cs", "My.Tests/a.cs", "x/__tests__/a.js",
            "spec/a.rb",
            "contest/a.py", "migrations/a.sql", "db/migrate/a.rb", "tests.rs", "src/test/A.java", "Latest.cs", "protest.py");
        Find().ShouldBe(["a.py", "contest/a.py", "Latest.cs", "protest.py"], ignoreOrder: true);
        (_summary.TestFiles, _summary.MigrationFiles).ShouldBe((11, 2));
        Find(new SourceOptions { IncludeTests = true }).Count.ShouldBe(15);
        Find(new SourceOptions { IncludeMigrations = true }).ShouldContain("migrations/a.sql");
        SourceFiles.Find(Path.Combine(Folder, "test_a.py"), new SourceOptions(),
            _summary).ShouldHaveSingleItem().Path.ShouldBe("test_a.py");
        SourceFiles.Find(Path.Combine(Folder, "tests"), new SourceOptions(), _summary).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("*.py", "a.py src/b.py src/x/c.py")]
    [InlineData("src", "src/b.py src/x/c.py src/d.rs")]
    [InlineData("src/*.rs", "src/d.rs")]
    [InlineData(@".\src\x\", "src/x/c.py")]
    [InlineData("[ab].py", "a.py src/b.py")]
    [InlineData("SRC/B.PY", "src/b.py")]
    [InlineData("x", "src/x/c.py")]
    public void Wildcards_match_paths_names_and_folders(string pattern, string expected)
    {
        Write("a.py", "src/b.py", "src/x/c.py", "src/d.rs");
        string[] included = expected.Split(' ');
        Find(new SourceOptions { Include = [pattern] }).ShouldBe(included, ignoreOrder: true);
        Find(new SourceOptions { Exclude = [pattern] }).ShouldBe(Find().Except(included), ignoreOrder: true);
    }

    [Fact]
    public void Ignored_files_are_left_out_as_git_does()
    {
        Assert.SkipWhen(Shell.Find(Environment.GetEnvironmentVariable("PATH"), "git", "git.exe") is null, "git is not installed.");
        Write(
            "a.py", "b.py", "keep/a.py", "keep/b.py", "log/a.py", "log/x/a.py", "x/log/a.py", "x/y/z/a.py", "x/y/a.py",
                "deep/one/two/a.py", "deep/a.py",
            "c d.py", "#e.py", "!f.py", "g1.py", "g2.py", "gx.py", "out/a.py", "out/keep.py", "sub/a.py", "sub/only.py",
                "sub/inner/only.py", "h.py/a.py",
            "i[1].py", "x/h.py");
        WriteText(".gitignore", """
            # comment
            b.py
            !keep/b.py
            /log/
            x/**/z
            **/two/
            c\ d.py
            \#e.py
            \!f.py
            g[0-9].py
            out/*
            !out/keep.py
            h.py/
            i\[1\].py
            x/y/a.p?
            nothing   
            """);
        WriteText("sub/.gitignore", "/only.py\n!a.py\n");
        Git("init", "-q");
        string[] expected = Git("-c", "core.quotePath=false", "-c", "core.excludesFile=", "ls-files", "-o", "--exclude-standard")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(f => f.EndsWith(".py", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .ToArray();
        expected.Length.ShouldBeInRange(8, 20);
        Find().Order(StringComparer.Ordinal).ShouldBe(expected);

        // The same below a folder of the repository, whose .gitignore is outside the folder that is searched.
        SourceFiles.Find(Path.Combine(Folder, "x"), new SourceOptions(), _summary).Select(f => "x/" + f.Path).Order(StringComparer.Ordinal)
            .ShouldBe(expected.Where(f => f.StartsWith("x/", StringComparison.Ordinal)));
    }

    /// <summary>Random patterns over random paths, compared with what git says.</summary>
    [Fact]
    public void Random_patterns_ignore_what_git_ignores()
    {
        Assert.SkipWhen(Shell.Find(Environment.GetEnvironmentVariable("PATH"), "git", "git.exe") is null, "git is not installed.");
        Random random = new(1);
        string[] names = ["a", "b", "ab", "a.b", "ba"];
        string[] parts = ["a", "b", "*", "**", "?", "ab", "a*", "*b", "[ab]", "[!a]", "a.b"];
        string[] paths = [.. Enumerable.Range(0, 60).Select(_ =>
            string.Join('/', Enumerable.Range(0, random.Next(1, 5)).Select(_ => names[random.Next(names.Length)])) + ".d/f.py").Distinct()];
        Write(paths);
        Git("init", "-q");
        for (int round = 0; round < 25; round++)
        {
            string[] patterns = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ =>
                (random.Next(4) == 0 ? "!" : "") + (random.Next(4) == 0 ? "/" : "") +
                string.Join('/', Enumerable.Range(0, random.Next(1, 4)).Select(_ => parts[random.Next(parts.Length)])) +
                (random.Next(3) == 0 ? "/" : random.Next(3) == 0 ? ".d" : ""))];
            WriteText(".gitignore", string.Join('\n', patterns));
            string[] expected = Git("-c", "core.excludesFile=", "ls-files", "-o", "--exclude-standard")
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(f => f.EndsWith(".py", StringComparison.Ordinal))
                .ToArray();
            Find().ShouldBe(expected, ignoreOrder: true, string.Join(" | ", patterns));
        }
    }

    [Fact]
    public void Links_are_not_followed()
    {
        Write("root/a.py", "outside/b.py");
        try
        {
            Directory.CreateSymbolicLink(Path.Combine(Folder, "root", "circle"), Path.Combine(Folder, "root"));
            Directory.CreateSymbolicLink(Path.Combine(Folder, "root", "out"), Path.Combine(Folder, "outside"));
            File.CreateSymbolicLink(Path.Combine(Folder, "root", "c.py"), Path.Combine(Folder, "outside", "b.py"));
            Directory.CreateSymbolicLink(Path.Combine(Folder, "link"), Path.Combine(Folder, "root"));
        }
        catch (IOException exception)
        {
            Assert.Skip($"This account cannot create links: {exception.Message}");
        }

        SourceFiles.Find(Path.Combine(Folder, "root"), new SourceOptions(), _summary).ToList().ShouldHaveSingleItem().Path.ShouldBe("a.py");
        _summary.Links.ShouldBe(3);
        SourceFiles.Find(Path.Combine(Folder, "link"), new SourceOptions(), new SourceSummary()).ShouldHaveSingleItem();
    }

    [Fact]
    public void Binary_and_large_files_are_counted_and_not_read()
    {
        File.WriteAllBytes(Path.Combine(Folder, "a.py"), [.. "q('DELETE FROM t')\0"u8]);
        File.WriteAllText(Path.Combine(Folder, "b.py"), "q('DELETE FROM t')" + new string(' ', 10 << 20));
        File.WriteAllText(Path.Combine(Folder, "c.py"), "q('DELETE FROM t')");
        SourceReader.Read(Folder, new SourceOptions(), _summary).ToList().ShouldHaveSingleItem().File.ShouldBe("c.py");
        (_summary.BinaryFiles, _summary.LargeFiles, _summary.Files, _summary.Statements).ShouldBe((1, 1, 1, 1));
    }

    [Fact]
    public void Search_reports_each_file_and_can_be_cancelled()
    {
        Write("a.py", "b.py", "c.py");
        using CancellationTokenSource cancellation = new();
        List<string> seen = [];
        Should.Throw<OperationCanceledException>(() => SourceReader.Read(
            Folder,
            new SourceOptions(),
            _summary,
            file =>
            {
                seen.Add(file.Path);
                if (seen.Count == 2)
                {
                    cancellation.Cancel();
                }
            },
            cancellation.Token).ToList());
        seen.ShouldBe(["a.py", "b.py"]);
    }

    [Fact]
    public void Path_that_does_not_exist_is_an_error() =>
        Should.Throw<PosTenancyException>(() => SourceFiles.Find(Path.Combine(Folder, "none"), new SourceOptions(), _summary));

    private IReadOnlyList<string> Find(SourceOptions? options = null) =>
        [.. SourceFiles.Find(Folder, options ?? new SourceOptions(), _summary).Select(f => f.Path)];

    private void Write(params string[] paths)
    {
        foreach (string path in paths)
        {
            WriteText(path, "x");
        }
    }

    private void WriteText(string path, string text)
    {
        string full = Path.Combine(Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    private string Git(params string[] arguments)
    {
        (int code, string output, string error) = Shell.Run("git", input: null, ["-C", Folder, .. arguments]);
        code.ShouldBe(0, error);
        return output;
    }
}
