using PosTenancy.Engine.Files;
using PosTenancy.Engine.Planning;

namespace PosTenancy.Engine.Statements.Source;

/// <summary>A source file.</summary>
/// <param name="Path">Path relative to the folder that was searched, with '/'.</param>
/// <param name="FullPath">Full path.</param>
internal sealed record SourceFile(string Path, string FullPath);

/// <summary>Finds the source files of an application.</summary>
internal static class SourceFiles
{
    /// <summary>Longer files are data or generated, and are not read.</summary>
    public const long MaxLength = 10 << 20;

    /// <summary>Folders of tools and of other authors' code.</summary>
    private static readonly HashSet<string> LeftOut =
        new(PathComparison.Comparer) { ".git", "node_modules", "target", "bin", "obj", "vendor", "dist", ".venv" };

    /// <summary>Finds the files of a folder in the order of their paths; a file that is named itself is always found.</summary>
    /// <param name="path">The folder, or one file.</param>
    /// <param name="options">What to search.</param>
    /// <param name="summary">Counts what is left out.</param>
    /// <param name="cancellation">Stops the search.</param>
    /// <exception cref="PosTenancyException">The path does not exist.</exception>
    public static IEnumerable<SourceFile> Find(
        string path, SourceOptions options, SourceSummary summary, CancellationToken cancellation = default)
    {
        string root = FilePath.Full(path);
        return File.Exists(root) ? [new SourceFile(System.IO.Path.GetFileName(root), root)]
            : Directory.Exists(root) ? Search(root, options, summary, cancellation)
            : throw Errors.FileNotFound(root);
    }

    private static IEnumerable<SourceFile> Search(
        string root, SourceOptions options, SourceSummary summary, CancellationToken cancellation)
    {
        // A stack, since folders may be deeper than the stack of a thread.
        Stack<Folder> folders = new();
        folders.Push(new Folder(root, "", Outer(root), IsTest: false, IsMigration: false));
        while (folders.Count > 0)
        {
            Folder folder = folders.Pop();
            cancellation.ThrowIfCancellationRequested();
            if (Entries(folder, summary) is not { } entries)
            {
                continue;
            }

            IgnoreChain ignored = folder.Ignored;
            if (Array.Exists(entries, e => e.Name == ".gitignore") &&
                ReadText(System.IO.Path.Combine(folder.FullPath, ".gitignore")) is { } text)
            {
                ignored = ignored with { Files = [.. ignored.Files, new GitIgnore(ignored.Path(folder.Path), text)] };
            }

            Stack<Folder> inner = new();
            foreach (FileSystemInfo entry in entries)
            {
                string relative = folder.Path.Length == 0 ? entry.Name : $"{folder.Path}/{entry.Name}";
                bool isFolder = entry is DirectoryInfo;
                if (!isFolder && !SourceReader.CanRead(relative))
                {
                    continue;
                }

                if (entry.Attributes.HasFlag(FileAttributes.ReparsePoint))
                {
                    summary.Links++;
                }
                else if ((isFolder && LeftOut.Contains(entry.Name)) || ignored.Ignores(relative, isFolder) ||
                    options.Exclude.Any(p => Matches(p, relative, entry.Name)))
                {
                    continue;
                }
                else if (isFolder)
                {
                    inner.Push(new Folder(
                        entry.FullName,
                        relative,
                        ignored,
                        folder.IsTest || TestPaths.IsTestFolder(entry.Name),
                        folder.IsMigration || TestPaths.IsMigrationFolder(entry.Name)));
                }
                else if (IsIncluded(options, relative) && IsWanted(folder, entry.Name, options, summary))
                {
                    yield return new SourceFile(relative, entry.FullName);
                }
            }

            while (inner.Count > 0)
            {
                folders.Push(inner.Pop());
            }
        }
    }

    private static bool IsWanted(Folder folder, string name, SourceOptions options, SourceSummary summary)
    {
        if (!options.IncludeTests && (folder.IsTest || TestPaths.IsTestFile(name)))
        {
            summary.TestFiles++;
            return false;
        }

        if (!options.IncludeMigrations && folder.IsMigration)
        {
            summary.MigrationFiles++;
            return false;
        }

        return true;
    }

    /// <summary>Whether a file, or a folder around it, is included.</summary>
    private static bool IsIncluded(SourceOptions options, string relative)
    {
        if (options.Include.Count == 0)
        {
            return true;
        }

        string path = relative;
        while (path.Length > 0)
        {
            int slash = path.LastIndexOf('/');
            if (options.Include.Any(p => Matches(p, path, path.Substring(slash + 1))))
            {
                return true;
            }

            path = slash < 0 ? "" : path.Substring(0, slash);
        }

        return false;
    }

    private static bool Matches(string pattern, string relative, string name)
    {
        string normalized = pattern.Replace('\\', '/').TrimEnd('/');
        normalized = normalized.StartsWith("./", StringComparison.Ordinal) ? normalized.Substring(2) : normalized;
        return NamePattern.Matches(normalized, relative) || NamePattern.Matches(normalized, name);
    }

    private static FileSystemInfo[]? Entries(Folder folder, SourceSummary summary)
    {
        try
        {
            FileSystemInfo[] entries = new DirectoryInfo(folder.FullPath).GetFileSystemInfos();
            Array.Sort(entries, (a, b) => string.CompareOrdinal(a.Name, b.Name));
            return entries;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            summary.Unreadable.Add(folder.Path.Length == 0 ? "." : folder.Path);
            return null;
        }
    }

    private static string? ReadText(string path)
    {
        try
        {
            return new FileInfo(path).Length <= MaxLength ? File.ReadAllText(path) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The .gitignore files of the folders around the root, up to the one of the repository.</summary>
    private static IgnoreChain Outer(string root)
    {
        List<DirectoryInfo> around = [];
        for (DirectoryInfo? folder = new(root); folder is not null; folder = folder.Parent)
        {
            around.Insert(0, folder);
            string git = System.IO.Path.Combine(folder.FullName, ".git");
            if (!Directory.Exists(git) && !File.Exists(git))
            {
                continue;
            }

            string[] names = [.. around.Skip(1).Select(f => f.Name)];
            List<GitIgnore> files = [];
            for (int i = 0; i < around.Count - 1; i++)
            {
                if (ReadText(System.IO.Path.Combine(around[i].FullName, ".gitignore")) is { } text)
                {
                    files.Add(new GitIgnore(string.Join("/", names.Take(i)), text));
                }
            }

            return new IgnoreChain(string.Join("/", names), files);
        }

        return new IgnoreChain("", []);
    }

    private sealed record Folder(string FullPath, string Path, IgnoreChain Ignored, bool IsTest, bool IsMigration);

    /// <summary>The .gitignore files that apply in a folder, the outermost first.</summary>
    /// <param name="Root">Path of the searched folder within the repository.</param>
    /// <param name="Files">The files; their folders are relative to the repository.</param>
    private sealed record IgnoreChain(string Root, IReadOnlyList<GitIgnore> Files)
    {
        /// <summary>A path within the repository.</summary>
        public string Path(string relative) => Root.Length == 0 ? relative : relative.Length == 0 ? Root : $"{Root}/{relative}";

        /// <summary>The innermost file that says something of a path decides.</summary>
        public bool Ignores(string relative, bool isFolder)
        {
            string path = Path(relative);
            for (int i = Files.Count - 1; i >= 0; i--)
            {
                string folder = Files[i].Folder;
                if (Files[i].Ignores(folder.Length == 0 ? path : path.Substring(folder.Length + 1), isFolder) is { } ignores)
                {
                    return ignores;
                }
            }

            return false;
        }
    }
}
