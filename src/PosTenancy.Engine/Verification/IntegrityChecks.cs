using System.Diagnostics;

namespace PosTenancy.Engine.Verification;

/// <summary>All checks, in the order in which they are reported.</summary>
internal static class IntegrityChecks
{
    private static readonly IntegrityCheck[] All =
    [
        new TablesHaveTenantColumn(),
        new NoNullTenantIds(),
        new TenantDistributionCheck(),
        new RowCountsMatch(),
        new TenantIndexesExist(),
        new TenantFilterUsesIndex(),
        new ForeignKeysIntact(),
        new SchemaObjectsCompile(),
    ];

    /// <summary>Runs every check; one that fails does not keep the next from running.</summary>
    public static IReadOnlyList<CheckResult> Run(CheckContext context, Stage stage, IProgress<StageProgress>? progress)
    {
        List<CheckResult> results = [];
        foreach (IntegrityCheck check in All)
        {
            progress?.Report(new StageProgress(stage, "Checking", check.Title, results.Count, All.Length));
            Stopwatch watch = Stopwatch.StartNew();
            CheckFinding finding = Measure(check, context);
            results.Add(new CheckResult(
                context.Path, check.Name, check.Title, check.Expected(context), finding.Actual, finding.Status, finding.Detail, watch.Elapsed));
        }

        return results;
    }

    private static CheckFinding Measure(IntegrityCheck check, CheckContext context)
    {
        try
        {
            return check.Measure(context);
        }
        catch (PosTenancyException exception) when (exception.ErrorId is ErrorIds.DatabaseCorrupt or ErrorIds.NotADatabase)
        {
            return new CheckFinding(CheckStatus.Failed, "could not be measured", exception.Cause);
        }
        catch (PosTenancyException exception) when (exception.ErrorId is ErrorIds.SqliteError)
        {
            // Something that only the application has, such as a collation. A disk that does not answer is another matter: it ends the run.
            return new CheckFinding(CheckStatus.NotChecked, "could not be measured", exception.Cause);
        }
    }
}
