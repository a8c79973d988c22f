using PosTenancy.Engine.Statements.Source;

namespace PosTenancy.Engine.Statements;

/// <summary>The statements to test, and what the search for them left out.</summary>
internal sealed class StatementSource
{
    private readonly List<FoundStatement> _statements = [];
    private readonly SourceSummary _summary = new();

    private StatementSource()
    {
    }

    /// <summary>The statements in the order of the files and their lines; after them those that are in no file.</summary>
    public IReadOnlyList<FoundStatement> Statements => _statements;

    /// <summary>What was left out, in sentences.</summary>
    public IReadOnlyList<string> Skipped
    {
        get
        {
            List<string> skipped = [];
            Add(_summary.TestFiles, "file of tests was", "files of tests were", "-IncludeTest includes them");
            Add(_summary.MigrationFiles, "file of migrations was", "files of migrations were", "-IncludeMigration includes them");
            Add(_summary.BinaryFiles, "file was", "files were", "they are not text");
            Add(_summary.Links, "symbolic link was", "symbolic links were", "links are not followed");
            if (_summary.Skipped.Count > 0)
            {
                skipped.Add("Statements that read and change no rows were not tried: " +
                    $"{string.Join(", ", _summary.Skipped.Select(s => $"{s.Key} ({s.Value})"))}.");
            }

            return skipped;

            void Add(int count, string one, string many, string why)
            {
                if (count > 0)
                {
                    skipped.Add($"{count} {(count == 1 ? one : many)} left out: {why}.");
                }
            }
        }
    }

    /// <summary>What may hide a statement, and comments that allow nothing, in sentences.</summary>
    public IReadOnlyList<string> Warnings =>
    [
        .. _summary.Unreadable.Select(p => $"'{p}' could not be read. Its statements were not tried."),
        .. _summary.LargeFiles > 0
            ? [$"Files larger than {SourceFiles.MaxLength >> 20} MiB were not read: {_summary.LargeFiles}."]
            : (string[])[],
        .. from found in _statements
           let line = found.Statement.MarkerWithoutReason
           where line is not null
           select $"{found.Statement.File}:{line}: the comment allows all tenants and gives no reason, so it allows nothing. " +
               "Write \"because\" and the reason.",
    ];

    /// <summary>Finds the statements.</summary>
    /// <param name="options">Where they are.</param>
    /// <param name="progress">Receives progress reports.</param>
    /// <param name="cancellation">Cancels the search.</param>
    /// <exception cref="PosTenancyException">A path does not exist.</exception>
    public static StatementSource Read(
        StatementTestOptions options, IProgress<StageProgress>? progress, CancellationToken cancellation)
    {
        StatementSource source = new();
        SourceOptions search = new()
        {
            Include = options.Include,
            Exclude = options.Exclude,
            IncludeTests = options.IncludeTests,
            IncludeMigrations = options.IncludeMigrations,
        };
        HashSet<(string, int, int)> seen = [];
        foreach (string path in options.SourcePath)
        {
            foreach (SourceStatement statement in SourceReader.Read(path, search, source._summary, Report, cancellation))
            {
                // One of the paths may be in another.
                if (seen.Add((statement.FullPath, statement.Line, statement.Column)))
                {
                    source._statements.Add(new FoundStatement(statement, IsInFile: true));
                }
            }
        }

        foreach (string sql in options.Statement)
        {
            source._statements.AddRange(Given(sql, search).Select(s => new FoundStatement(s, IsInFile: false)));
        }

        return source;

        void Report(SourceFile file) =>
            progress?.Report(new StageProgress(Stage.Statements, "Reading the source", file.Path, 0, 0));
    }

    /// <summary>The statements of a text, which may be several; the text itself if it has none, so that it gets a result.</summary>
    private static IReadOnlyList<SourceStatement> Given(string sql, SourceOptions search)
    {
        SourceFile none = new("-Statement.sql", "");
        IReadOnlyList<SourceStatement> statements = SourceReader.Read(none, sql, search, new SourceSummary());
        return statements.Count > 0 ? statements : [new SourceStatement(none.Path, "", 1, 1, sql, "SQL")];
    }
}
