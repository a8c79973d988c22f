using System.Diagnostics;
using PosTenancy.Engine.Statements.Trial;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Statements;

/// <summary>
/// Tests the statements of an application: finds them in its source, and tries each on private databases with the rows of two tenants. The
/// live database is read once and never written.
/// </summary>
public static class StatementTest
{
    /// <summary>Runs the test.</summary>
    /// <param name="path">Path of the live database, which must be migrated.</param>
    /// <param name="options">The statements.</param>
    /// <param name="found">Called with each result as soon as it is known, in the order of the files and their lines.</param>
    /// <param name="progress">Receives progress reports.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>Every result, and what was left out.</returns>
    /// <exception cref="PosTenancyException">The database cannot be read or was not migrated, the source does not exist, or no statement
    /// was found in it.</exception>
    public static StatementRun Run(
        string path,
        StatementTestOptions options,
        Action<StatementResult>? found = null,
        IProgress<StageProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        DateTimeOffset startedAt = DateTimeOffset.Now;
        Stopwatch watch = Stopwatch.StartNew();
        StatementSource source = StatementSource.Read(options, progress, cancellation);
        progress?.Report(new StageProgress(Stage.Statements, "Reading the schema and a sample of the rows", path, 0, 0)
        {
            Part = StagePart.Schema,
        });
        using StatementTrial trial = StatementTrial.Open(
            path, options.ColumnName, options.ReferenceTable, options.TenantId, cancellation);
        if (source.Statements.Count == 0)
        {
            throw Errors.StatementsNotFound(
                trial.Path, ShortList.Join([.. options.SourcePath.Select(p => $"'{p}'")], most: 3));
        }

        StatementTrials trials = new(trial);
        List<StatementResult> results = [];
        for (int i = 0; i < source.Statements.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            FoundStatement statement = source.Statements[i];
            progress?.Report(
                new StageProgress(Stage.Statements, "Trying each statement", statement.Place, i, source.Statements.Count)
                {
                    Part = StagePart.Statements,
                });
            foreach (StatementResult result in trials.Try(statement).Select(r => statement.Complete(r, options.Baseline)))
            {
                results.Add(result);
                found?.Invoke(result);
            }
        }

        return new StatementRun(trial.Path, results, startedAt, watch.Elapsed)
        {
            BaselinePath = options.Baseline?.Path,
            Skipped = [.. source.Skipped, .. trial.Gaps],
            Warnings = source.Warnings,
        };
    }
}
