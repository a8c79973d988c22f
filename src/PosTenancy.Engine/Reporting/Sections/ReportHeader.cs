namespace PosTenancy.Engine.Reporting.Sections;

/// <summary>The essentials: the outcome and, after a failure, the cause and the remedy.</summary>
internal static class ReportHeader
{
    public static IReadOnlyList<Block> Create(UpgradeResult result)
    {
        List<Block> head = [new Paragraph(Line.From(new Mark(result.Outcome()), " ", new Strong(Verdict(result))))];
        if (result.Error is { } error)
        {
            head.Add(Bullets.From(
                Line.Fact("Error", error.ErrorId),
                Line.Fact("What happened", error.Message),
                Line.Fact("What to do", WhatToDo(result))));
        }

        head.Add(Bullets.From(
            Line.From(new Strong("Status:"), " ", new Mark(result.Outcome()), " " + Labels.For(result.Status)),
            Line.Fact("Date", Figures.Date(result.StartedAt)),
            Line.Fact("Time", Figures.Time(result.StartedAt)),
            Line.Fact("Total duration", Figures.Duration(result.Duration)),
            Line.Fact("Database", result.Path),
            Line.Fact("Tenant", result.TenantId),
            Line.Fact("Checks", $"{result.Checks.Tally()}{(result.Checks.Count == 0 ? "" : ", " + result.WhereChecked())}"),
            Line.Fact("Program", result.Before?.ProductVersion ?? Labels.NotReached),
            Line.Fact("SQLite", result.Before?.SqliteVersion ?? Labels.NotReached)));
        if (result.Recovery is { } recovery)
        {
            head.Add(
                new Paragraph(
                    Line.From(
                        new Strong("Earlier interrupted run:"),
                        $" {recovery.Interrupted}. {recovery.Detail}{Removed(recovery)}")));
        }

        if (result.ImportedFrom is { } file)
        {
            head.Add(
                new Paragraph(
                    Line.From(
                        new Strong("Rebuilt from a file:"),
                        $" {file}, the report of the run that began on {Figures.Moment(result.StartedAt)}. Its content is that of the " +
                        "file; nothing was measured again."
                    )));
        }

        return head;
    }

    private static string Removed(RecoveryResult recovery) =>
        recovery.RemovedPaths.Count == 0
            ? ""
            : $" The temporary files that it left were removed: {string.Join(", ", recovery.RemovedPaths)}.";

    private static string Verdict(UpgradeResult result)
    {
        string failed = result.Failures();
        return result.Status switch
        {
            UpgradeStatus.Succeeded => result.Outcome() switch
            {
                CheckStatus.Passed => "The upgrade succeeded, and every check passed.",
                CheckStatus.Failed => $"The upgrade was committed, but {failed}. Do not rely on this database until that is explained.",
                _ => $"The upgrade succeeded, but not every check passed: {result.Checks.Tally()}.",
            },
            UpgradeStatus.AlreadyMigrated => result.Outcome() switch
            {
                CheckStatus.Passed => "The database was already migrated. Nothing was written, and every check passed.",
                CheckStatus.Failed => $"The database was already migrated, but {failed}. Nothing was written.",
                _ => $"The database was already migrated. Nothing was written. Checks: {result.Checks.Tally()}.",
            },
            UpgradeStatus.Rehearsed => result.Outcome() switch
            {
                CheckStatus.Passed => "The upgrade was tested on a copy. It would succeed, and every check passed.",
                _ => $"The upgrade was tested on a copy. It would succeed. Checks: {result.Checks.Tally()}.",
            },
            UpgradeStatus.Refused => "The upgrade was refused. Nothing was written to the database.",
            UpgradeStatus.RolledBack => "The upgrade failed and was rolled back. The database has its original bytes.",
            UpgradeStatus.Cancelled => "The upgrade was cancelled, and its partial work was undone.",
            _ => "The upgrade failed, and the database could not be restored automatically. It must not be used as it is.",
        };
    }

    private static string WhatToDo(UpgradeResult result) =>
        result.Status switch
        {
            UpgradeStatus.Refused when result.Error?.ErrorId is ErrorIds.UpgradeInterrupted =>
                "keep the application stopped. An earlier upgrade changed the database and was interrupted before it was verified: " +
                "decide as the message says.",
            UpgradeStatus.Refused
                when result.Error?.ErrorId is ErrorIds.DatabaseCorrupt or ErrorIds.DatabaseTruncated or ErrorIds.HotJournal
                    or ErrorIds.EmptyFile or ErrorIds.NotADatabase or ErrorIds.FileNotFound or ErrorIds.PathIsFolder =>
                "do what the message says before the store uses this file.",
            UpgradeStatus.Refused =>
                "the store can continue to use the database as it is. Fix the cause that the message names, then run the upgrade again.",
            UpgradeStatus.RolledBack =>
                "the store can continue to use the database as it was. Fix the cause that the message names (a failed check has its " +
                "details under Verification Results), then run the upgrade again.",
            UpgradeStatus.Cancelled =>
                "nothing, if the message says that the database is in its original state: the store can continue to use it. Run the " +
                "upgrade again when there is time.",
            _ => "keep the application stopped and restore the backup as described under Rollback Information.",
        };
}
