namespace PosTenancy.Engine.Statements;

/// <summary>Which statements of an application to test, and how.</summary>
public sealed record StatementTestOptions
{
    /// <summary>Folders and files of the application's source.</summary>
    public IReadOnlyList<string> SourcePath { get; init; } = [];

    /// <summary>Wildcards of paths, file names or folders to search; empty for all.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>Wildcards of paths, file names or folders to leave out.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Whether to test the statements of tests as well.</summary>
    public bool IncludeTests { get; init; }

    /// <summary>Whether to test the statements of migrations as well.</summary>
    public bool IncludeMigrations { get; init; }

    /// <summary>Statements that are in no file.</summary>
    public IReadOnlyList<string> Statement { get; init; } = [];

    /// <summary>The tenant that acts; <see langword="null"/> for the one that a row gets by default, or any that has rows.</summary>
    public string? TenantId { get; init; }

    /// <summary>The tenant column.</summary>
    public string ColumnName { get; init; } = MigrationOptions.DefaultColumnName;

    /// <summary>
    /// Tables that all tenants share: names or patterns. Those that the history of the database records need not be named.
    /// </summary>
    public IReadOnlyList<string> ReferenceTable { get; init; } = [];

    /// <summary>The findings that are known; <see langword="null"/> if none are.</summary>
    public StatementBaseline? Baseline { get; init; }
}
