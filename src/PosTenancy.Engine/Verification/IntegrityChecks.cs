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

    /// <summary>The check of that name.</summary>
    public static IntegrityCheck Find(string name) => All.First(c => c.Name == name);

    /// <summary>Whether a check, by its name, needs the committed file. A report can be read that has checks of another release.</summary>
    public static bool IsAboutFile(string name) => All.Any(c => c.Name == name && c.IsAboutFile);

    /// <summary>Runs every check; a failing check does not prevent the next.</summary>
    public static IReadOnlyList<CheckResult> Run(CheckContext context)
    {
        List<CheckResult> results = [];
        int done = 0;
        int total = All.Sum(Effort);
        foreach (IntegrityCheck check in All)
        {
            context.Begin(check.Title, done, Effort(check), total);
            done += Effort(check);
            Stopwatch watch = Stopwatch.StartNew();
            CheckFinding finding = IsLeftOut(check)
                ? new CheckFinding(CheckStatus.NotChecked, "not measured", "the bytes of the file are checked after COMMIT")
                : Measure(check, context);
            results.Add(
                new CheckResult(
                    context.Path,
                    check.Name,
                    check.Title,
                    check.Expected(context),
                    finding.Actual,
                    finding.Status,
                    finding.Detail,
                    watch.Elapsed));
        }

        return results;

        bool IsLeftOut(IntegrityCheck check) => check.IsAboutFile && !context.IsCommitted;

        int Effort(IntegrityCheck check) => IsLeftOut(check) ? 0 : check.Effort;
    }

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
