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
        new DataUnchanged(),
        new SchemaObjectsCompile(),
        new FileIntegrity(),
        new TenantReferencesConsistent(),
        new UniqueKeysPerTenant(),
    ];

    private static readonly CheckFinding LeftOut =
        new(CheckStatus.NotChecked, "not measured", "the committed file is checked after COMMIT");

    /// <summary>The check of that name.</summary>
    public static IntegrityCheck Find(string name) => All.First(c => c.Name == name);

    /// <summary>
    /// Whether a check, by its name, waits for COMMIT: it is about the committed file, or it takes long and the comparison with the twin
    /// will answer it.
    /// </summary>
    public static bool IsLeftOut(string name, CheckContext context) => All.Any(c => c.Name == name && IsLeftOut(c, context));

    /// <summary>Runs every check; a failing check does not prevent the next.</summary>
    public static IReadOnlyList<CheckResult> Run(CheckContext context)
    {
        using TableIntegrity? beside = TableIntegrity.Begin(context);
        context.TableIntegrity = beside;
        List<CheckResult> results = [];
        int done = 0;
        int total = All.Sum(Effort);
        foreach (IntegrityCheck check in All)
        {
            context.Begin(check.Title, done, Effort(check), total);
            done += Effort(check);
            results.Add(RunOne(check, context));
        }

        return results;

        int Effort(IntegrityCheck check) => IsLeftOut(check, context) ? 0 : check.Effort;
    }

    /// <summary>Runs one check, by its name.</summary>
    public static CheckResult Run(string name, CheckContext context)
    {
        using TableIntegrity? beside = TableIntegrity.Begin(context);
        context.TableIntegrity = beside;
        return RunOne(Find(name), context);
    }

    private static CheckResult RunOne(IntegrityCheck check, CheckContext context)
    {
        Stopwatch watch = Stopwatch.StartNew();
        CheckFinding finding = IsLeftOut(check, context) ? LeftOut : Measure(check, context);
        return new CheckResult(
            context.Path,
            check.Name,
            check.Title,
            check.Expected(context),
            finding.Actual,
            finding.Status,
            finding.Detail,
            watch.Elapsed);
    }

    private static bool IsLeftOut(IntegrityCheck check, CheckContext context) =>
        !context.IsCommitted && (check.IsAboutFile || (check.ReadsAllRows && context.HasTwin));

    private static CheckFinding Measure(IntegrityCheck check, CheckContext context)
    {
        try
        {
            return check.Measure(context);
        }
        catch (PosTenancyException exception) when (exception.ErrorId is ErrorIds.DatabaseCorrupt or ErrorIds.NotADatabase)
        {
            return new CheckFinding(CheckStatus.Failed, "no result", exception.Cause);
        }
        catch (PosTenancyException exception) when (exception.ErrorId is ErrorIds.SqliteError)
        {
            // A definition that only the application has, such as a collation. A disk error, by contrast, ends the run.
            return new CheckFinding(CheckStatus.NotChecked, "no result", exception.Cause);
        }
    }
}
