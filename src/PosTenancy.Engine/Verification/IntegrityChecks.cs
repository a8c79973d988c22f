using System.Diagnostics;
using PosTenancy.Engine.Sqlite;

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

    private static readonly Measured LeftOut =
        new(new CheckFinding(CheckStatus.NotChecked, "not measured", "the bytes of the file are checked after COMMIT"), TimeSpan.Zero);

    /// <summary>The check of that name.</summary>
    public static IntegrityCheck Find(string name) => All.First(c => c.Name == name);

    /// <summary>Whether a check, by its name, needs the committed file. A report can be read that has checks of another release.</summary>
    public static bool IsAboutFile(string name) => All.Any(c => c.Name == name && c.IsAboutFile);

    /// <summary>Runs every check; a failing check does not prevent the next.</summary>
    public static IReadOnlyList<CheckResult> Run(CheckContext context)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(context.Connection.Cancellation);
        Dictionary<IntegrityCheck, Task<Measured>> beside = All
            .Where(c => context.IsLocked && c.RunsBeside && !IsLeftOut(c, context))
            .ToDictionary(c => c, c => Task.Run(() => RunBeside(c, context, stop.Token)));
        try
        {
            return RunAll(context, beside);
        }
        finally
        {
            // Nothing may have the file open after this: a restore would replace it.
            stop.Cancel();
            try
            {
                Task.WaitAll([.. beside.Values], CancellationToken.None);
            }
            catch (AggregateException)
            {
                // It was thrown where the result is used, or is only this cancellation.
            }
        }
    }

    private static List<CheckResult> RunAll(CheckContext context, Dictionary<IntegrityCheck, Task<Measured>> beside)
    {
        List<CheckResult> results = [];
        int done = 0;
        int total = All.Sum(Effort);
        foreach (IntegrityCheck check in All)
        {
            context.Begin(check.Title, done, Effort(check), total);
            done += Effort(check);
            (CheckFinding finding, TimeSpan duration) =
                beside.TryGetValue(check, out Task<Measured>? running) ? running.GetAwaiter().GetResult()
                : IsLeftOut(check, context) ? LeftOut
                : Time(check, context);
            results.Add(
                new CheckResult(
                    context.Path,
                    check.Name,
                    check.Title,
                    check.Expected(context),
                    finding.Actual,
                    finding.Status,
                    finding.Detail,
                    duration));
        }

        return results;

        int Effort(IntegrityCheck check) => IsLeftOut(check, context) ? 0 : check.Effort;
    }

    private static bool IsLeftOut(IntegrityCheck check, CheckContext context) => check.IsAboutFile && !context.IsCommitted;

    private static Measured RunBeside(IntegrityCheck check, CheckContext context, CancellationToken cancellation)
    {
        using DatabaseConnection own = DatabaseConnection.OpenImmutable(context.Connection.Path, cancellation);
        return Time(check, context.For(own));
    }

    private static Measured Time(IntegrityCheck check, CheckContext context)
    {
        Stopwatch watch = Stopwatch.StartNew();
        CheckFinding finding = Measure(check, context);
        return new Measured(finding, watch.Elapsed);
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

    private readonly record struct Measured(CheckFinding Finding, TimeSpan Duration);
}
