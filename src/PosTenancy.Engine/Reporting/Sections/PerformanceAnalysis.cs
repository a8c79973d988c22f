using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Reporting.Sections;

/// <summary>Time and disk space.</summary>
internal static class PerformanceAnalysis
{
    public static ReportSection Create(UpgradeResult result) => ReportSection.From(
        "Performance Analysis",
        [
            new Table(["What", "Measured"], [.. Times(result), .. Sizes(result), .. Queries(result)]),
            new Paragraph("The target concerns time only and is not a check: the result of a slower migration is just as valid."),
            .. Charts.Times(result),
            .. Charts.Sizes(result),
        ]);

    private static IEnumerable<IReadOnlyList<Line>> Times(UpgradeResult result)
    {
        bool ran = result.Migration is { Status: not MigrationStatus.AlreadyMigrated };
        TimeSpan time = ran ? result.Migration!.Duration : TimeSpan.Zero;
        string none = result.Migration is null ? Labels.NotReached : "nothing was run";
        yield return Table.Row("Execution time of the migration", ran ? Figures.Duration(time) : none);
        yield return Table.Row(
            "Target",
            $"less than {Figures.Duration(result.Target)}" + (result.TargetRequested ? "" : ", the default; -Target sets another"));
        yield return Table.Row(
            "Execution time against target",
            AgainstTarget(result) ?? (ran ? "not judged: the migration was rolled back" : none));
        yield return Table.Row(
            "Backup, including both hashes",
            result.Backup is { } backup ? Figures.Duration(backup.Duration) : Labels.NotReached);
        yield return Table.Row(
            "Rehearsal's migration",
            result.Rehearsal is { } rehearsal ? Figures.Duration(rehearsal.Duration) : "not run");
        yield return Table.Row(
            "Checks, the last run of each",
            result.Checks.Count > 0 ? Figures.Duration(TimeSpan.FromTicks(result.Checks.Sum(c => c.Duration.Ticks))) : Labels.NotReached);
        yield return Table.Row("Database locked, in all", Locked(result.LockedTime));
        yield return Table.Row("Downtime: first lock to last release", Locked(result.Downtime));
        yield return Table.Row("Everything", Figures.Duration(result.Duration));
    }

    private static string Locked(TimeSpan? time) => time is { } measured ? Figures.Duration(measured) : "never locked";

    /// <summary>
    /// A tick only if no check failed and at least one passed: alone, or beside a failure, it would mislead.
    /// </summary>
    private static Line? AgainstTarget(UpgradeResult result)
    {
        if (result.MeetsTarget is not { } isMet)
        {
            return null;
        }

        string share =
            $"{(isMet ? "within" : "over")}: {Figures.Percent(result.Migration!.Duration.TotalSeconds, result.Target.TotalSeconds)} of it";
        if (!isMet && result.TargetRequested)
        {
            return Line.From(new Mark(CheckStatus.Warning), " " + share);
        }

        bool isGood = isMet && result.Outcome() != CheckStatus.Failed && result.Checks.Any(c => c.Status == CheckStatus.Passed);
        return isGood ? Line.From(new Mark(CheckStatus.Passed), " " + share) : share;
    }

    private static IEnumerable<IReadOnlyList<Line>> Sizes(UpgradeResult result)
    {
        if (result.Migration is not { } migration)
        {
            yield return Table.Row("Size before", result.Before is { } before ? Figures.Bytes(before.Length) : Labels.NotReached);
            yield return Table.Row("Size after", Labels.NotReached);
            yield return Table.Row("Increase", Labels.NotReached);
            yield break;
        }

        long increase = migration.SizeAfter - migration.SizeBefore;
        yield return Table.Row("Size before", Figures.Bytes(migration.SizeBefore));
        yield return Table.Row("Size after", Figures.Bytes(migration.SizeAfter));
        yield return Table.Row("Increase", $"{Figures.Bytes(increase)}, {Figures.Percent(increase, migration.SizeBefore)}");
    }

    private static IEnumerable<IReadOnlyList<Line>> Queries(UpgradeResult result)
    {
        CheckResult? check = result.IsOfLiveFile() ? result.FindCheck(nameof(TenantFilterUsesIndex)) : null;
        yield return Table.Row("Index use of a tenant filter", check is null
            ? Labels.NotReached
            : Line.From(new Mark(check.Status), $" expected {check.Expected}, found {check.Actual}, by EXPLAIN QUERY PLAN"));
    }
}
