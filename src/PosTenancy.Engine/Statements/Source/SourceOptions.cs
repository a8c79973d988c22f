namespace PosTenancy.Engine.Statements.Source;

/// <summary>Which files of an application are searched.</summary>
internal sealed record SourceOptions
{
    /// <summary>Wildcards of PowerShell for paths, file names or folders; empty for all.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>Wildcards of what is left out.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    public bool IncludeTests { get; init; }

    public bool IncludeMigrations { get; init; }
}

/// <summary>What a search has read and left out. It grows while the search runs.</summary>
internal sealed class SourceSummary
{
    public int Files { get; set; }

    public int Statements { get; set; }

    public int BinaryFiles { get; set; }

    /// <summary>Number of files that are larger than <see cref="SourceFiles.MaxLength"/>.</summary>
    public int LargeFiles { get; set; }

    /// <summary>Number of symbolic links, which are not followed.</summary>
    public int Links { get; set; }

    /// <summary>Number of files of tests that were left out.</summary>
    public int TestFiles { get; set; }

    /// <summary>Number of files of migrations that were left out.</summary>
    public int MigrationFiles { get; set; }

    /// <summary>Files and folders that could not be read, as relative paths.</summary>
    public IList<string> Unreadable { get; } = [];

    /// <summary>Number of statements that reach no row, by their first word: <c>CREATE</c>, <c>PRAGMA</c>, <c>BEGIN</c>.</summary>
    public IDictionary<string, int> Skipped { get; } = new SortedDictionary<string, int>(StringComparer.Ordinal);

    internal void Skip(string kind) => Skipped[kind] = Skipped.TryGetValue(kind, out int count) ? count + 1 : 1;
}
