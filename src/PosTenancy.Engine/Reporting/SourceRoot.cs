using PosTenancy.Engine.Files;

namespace PosTenancy.Engine.Reporting;

/// <summary>The folder that the files of a report are named from: the repository that they are in, or their common folder.</summary>
internal sealed class SourceRoot
{
    private SourceRoot(string? folder) => Folder = folder;

    /// <summary>Full path of the folder; <see langword="null"/> if the files have none in common.</summary>
    public string? Folder { get; }

    /// <summary>Finds the folder.</summary>
    public static SourceRoot From(IEnumerable<StatementResult> results)
    {
        string? common = null;
        foreach (string folder in results
            .Where(r => r.File is not null)
            .Select(r => Path.GetDirectoryName(r.File)!)
            .Distinct(StringComparer.Ordinal))
        {
            common ??= folder;
            while (common is not null && !Contains(common, folder))
            {
                common = Path.GetDirectoryName(common);
            }

            if (common is null)
            {
                break;
            }
        }

        for (string? folder = common; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            // A submodule and a further worktree have a file of this name.
            string repository = Path.Combine(folder, ".git");
            if (Directory.Exists(repository) || File.Exists(repository))
            {
                return new SourceRoot(folder);
            }
        }

        return new SourceRoot(common);
    }

    /// <summary>The path of a file from the folder, with '/'; its full path if it is elsewhere.</summary>
    public string Relative(string file) =>
        Folder is not null && Contains(Folder, file)
            ? file.Substring(Folder.Length).Replace('\\', '/').TrimStart('/')
            : file;

    /// <summary>The place of a result.</summary>
    public string Place(StatementResult result) => result.File is { } file ? $"{Relative(file)}:{result.Line}" : "-Statement";

    private static bool Contains(string folder, string path) =>
        path.StartsWith(folder, PathComparison.Kind) &&
        (path.Length == folder.Length ||
            IsSeparator(folder[folder.Length - 1]) ||
            IsSeparator(path[folder.Length]));

    private static bool IsSeparator(char c) => c == Path.DirectorySeparatorChar || c == Path.AltDirectorySeparatorChar;
}
