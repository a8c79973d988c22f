using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Statements.Source;

/// <summary>Finds the statements in the source of an application.</summary>
internal static class SourceReader
{
    private const string Sqlx = ".sqlx/";
    private const string SqlxData = "sqlx-data.json";

    /// <summary>Reads the files of a folder, or one file. Only one file is in memory at a time.</summary>
    /// <param name="path">The folder or file.</param>
    /// <param name="options">What to search.</param>
    /// <param name="summary">Counts what was read and what was left out.</param>
    /// <param name="progress">Called for each file before it is read.</param>
    /// <param name="cancellation">Stops the search between two files.</param>
    /// <exception cref="PosTenancyException">The path does not exist.</exception>
    public static IEnumerable<SourceStatement> Read(
        string path,
        SourceOptions options,
        SourceSummary summary,
        Action<SourceFile>? progress = null,
        CancellationToken cancellation = default)
    {
        foreach (SourceFile file in SourceFiles.Find(path, options, summary, cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Invoke(file);
            if (ReadText(file, summary) is not { } text)
            {
                continue;
            }

            summary.Files++;
            foreach (SourceStatement statement in Read(file, text, options, summary))
            {
                summary.Statements++;
                yield return statement;
            }
        }
    }

    /// <summary>Whether a file is one that can have statements, by its name.</summary>
    public static bool CanRead(string path) => IsScript(path) || IsSqlx(path) || SourceLanguage.Of(path) is not null;

    /// <summary>Reads the text of a file. Never throws, whatever the text is.</summary>
    public static IReadOnlyList<SourceStatement> Read(SourceFile file, string text, SourceOptions options, SourceSummary summary)
    {
        SqliteLibrary.Load();
        SourceText source = new(text);
        if (IsScript(file.Path))
        {
            StatementOrigin origin = new(file, source, "SQL", summary) { IsScript = true };
            return [.. new StatementComposer(origin).Read(new ComposedText(MappedText.Whole(ShellCommands.Blank(text))))];
        }

        if (IsSqlx(file.Path))
        {
            return SqlxMetadata.Read(new StatementOrigin(file, source, "sqlx", summary));
        }

        if (SourceLanguage.Of(file.Path) is not { } language)
        {
            return [];
        }

        StatementOrigin code = new(file, source, language.Name, summary)
        {
            HasCommentHoles = language.Kind == LanguageKind.CSharp,
            HasPercentParameters = language.Kind == LanguageKind.Python,
            HasHashParameters = language.Kind is LanguageKind.Java or LanguageKind.Kotlin,
        };
        return SourceReading.Read(code, language, options.IncludeTests);
    }

    private static string? ReadText(SourceFile file, SourceSummary summary)
    {
        try
        {
            if (new FileInfo(file.FullPath).Length > SourceFiles.MaxLength)
            {
                summary.LargeFiles++;
                return null;
            }

            string? text = SourceText.Decode(File.ReadAllBytes(file.FullPath));
            summary.BinaryFiles += text is null ? 1 : 0;
            return text;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            summary.Unreadable.Add(file.Path);
            return null;
        }
    }

    private static bool IsScript(string path) => path.EndsWith(".sql", StringComparison.OrdinalIgnoreCase);

    private static bool IsSqlx(string path) =>
        path.EndsWith(SqlxData, StringComparison.Ordinal) ||
        (path.EndsWith(".json", StringComparison.Ordinal) &&
            (path.StartsWith(Sqlx, StringComparison.Ordinal) || path.Contains("/" + Sqlx)));
}
