using System.Globalization;

namespace PosTenancy;

/// <summary>
/// Makes every error of the engine, of three parts: what happened, what to do next, and what was left unchanged. An error that quotes
/// another one, such as a rollback after COMMIT, takes over what happened alone: the rest may no longer be true.
/// </summary>
internal static class Errors
{
    private const string Unchanged = "The database was not changed.";
    private const string NothingWritten = "Nothing was written to it.";
    private const string NothingDone = "Nothing was done.";
    private const string NothingMeasured = "Nothing was measured, and nothing changed.";

    public static PosTenancyException FileNotFound(string path) =>
        new(
            ErrorIds.FileNotFound,
            path,
            $"There is no file '{path}'.",
            next: "Check the path.");

    public static PosTenancyException PathIsFolder(string path, string what = "the database file") =>
        new(
            ErrorIds.PathIsFolder,
            path,
            $"'{path}' is a folder.",
            next: $"Name {what} in it.");

    public static PosTenancyException InvalidPath(string path, Exception inner) =>
        new(
            ErrorIds.InvalidPath,
            path,
            $"'{path}' cannot be a path of a file: {inner.Message}",
            inner: inner);

    public static PosTenancyException PathTooLong(string path, int longest, string unit, Exception inner) =>
        new(
            ErrorIds.InvalidPath,
            path,
            $"'{path}' is too long for SQLite, which opens no path of more than {longest} {unit} on this system, " +
                "and a backup beside the database has a longer name than that.",
            next: "Move the database to a folder with a shorter path, or name a shorter one for the backup with -Destination.",
            state: Unchanged,
            inner: inner);

    public static PosTenancyException EmptyFile(string path) =>
        new(
            ErrorIds.EmptyFile,
            path,
            $"'{path}' has zero bytes: it is not a database yet, or it was emptied.",
            state: NothingWritten);

    public static PosTenancyException NotADatabase(string path) =>
        new(
            ErrorIds.NotADatabase,
            path,
            $"'{path}' is not a SQLite database: it does not begin with the header of one.",
            state: NothingWritten);

    public static PosTenancyException DatabaseEncrypted(string path) =>
        new(
            ErrorIds.DatabaseEncrypted,
            path,
            $"'{path}' looks encrypted (its first page is noise, and its size is whole pages).",
            next: "Decrypt it with the application that encrypted it, then run the command again.",
            state: NothingWritten);

    public static PosTenancyException DatabaseTruncated(string path, long expected, long actual) =>
        new(
            ErrorIds.DatabaseTruncated,
            path,
            $"'{path}' is cut off: its header says {expected} bytes, the file has {actual}.",
            next: "Restore it from a backup.",
            state: NothingWritten);

    public static PosTenancyException DatabaseCorrupt(string path, string detail, Exception? inner = null) =>
        new(
            ErrorIds.DatabaseCorrupt,
            path,
            $"'{path}' is damaged: {detail.TrimEnd('.')}.",
            next: "Restore it from a backup or recover it with sqlite3 .recover first.",
            state: Unchanged,
            inner: inner);

    public static PosTenancyException DatabaseHasOtherNames(string path, long names) =>
        new(
            ErrorIds.DatabaseHasOtherNames,
            path,
            $"'{path}' has {names} names (hard links). Under each SQLite would keep another log, and what one has not " +
                "written yet would damage the other.",
            next: "Remove the other names.",
            state: Unchanged);

    public static PosTenancyException ReadOnlyFile(string path) =>
        new(
            ErrorIds.ReadOnly,
            path,
            $"'{path}' is marked read-only.",
            next: "Clear the mark if the database is meant to be changed.",
            state: Unchanged);

    public static PosTenancyException ReadOnlyFolder(string path, string folder) =>
        new(
            ErrorIds.ReadOnly,
            path,
            $"The folder '{folder}' cannot be written, and SQLite needs its journal beside '{path}'.",
            next: "Give this account the right to write there.",
            state: Unchanged);

    public static PosTenancyException AccessDenied(string path, Exception inner) =>
        new(
            ErrorIds.AccessDenied,
            path,
            $"Access to '{path}' is denied: {inner.Message}",
            next: "Run as an account that may read and write it.",
            state: Unchanged,
            inner: inner);

    public static PosTenancyException DatabaseInUse(string path, string processes, Exception? inner = null) =>
        new(
            ErrorIds.DatabaseInUse,
            path,
            $"'{path}' is open in {processes}.",
            next: "Stop it, then run the command again.",
            state: Unchanged,
            inner: inner)
        {
            Processes = processes,
        };

    /// <summary>A file, or one beside it, that another program has open and does not share; Windows knows such.</summary>
    public static PosTenancyException HeldByAnother(string path, string? processes, Exception inner) =>
        processes is not null
            ? DatabaseInUse(path, processes, inner)
            : new(
                ErrorIds.DatabaseInUse,
                path,
                $"Another program holds '{path}' or a file beside it: {inner.Message}",
                next: "Stop it, then run the command again.",
                state: Unchanged,
                inner: inner);

    public static PosTenancyException CommandAtWork(string path, string? processes, Exception? inner) =>
        new(
            ErrorIds.DatabaseInUse,
            path,
            $"Another command of PosTenancy is at work on '{path}'" +
                (processes is null ? "" : $", in {processes}") +
                ".",
            next: "Run this one when it has ended.",
            state: Unchanged,
            inner: inner);

    public static PosTenancyException JournalInvalid(string journal, string why, Exception? inner = null) =>
        new(
            ErrorIds.JournalInvalid,
            journal,
            $"'{journal}' would tell of a run that was interrupted, but {why}.",
            next: "See what it is, move it away, and run the command again.",
            state: Unchanged,
            inner: inner);

    /// <summary>A committed migration that can be neither finished nor rolled back automatically.</summary>
    /// <param name="path">The database.</param>
    /// <param name="what">What was interrupted.</param>
    /// <param name="why">Why it is not finished or rolled back automatically.</param>
    /// <param name="backupPath">Its backup.</param>
    public static PosTenancyException UpgradeInterrupted(string path, string what, string why, string backupPath) =>
        new(
            ErrorIds.UpgradeInterrupted,
            path,
            $"'{path}': {what}, after its COMMIT and before it was verified. {why}",
            next: $"The backup of the database before it is '{backupPath}'; Restore-PosDatabase puts it back and keeps the present file " +
                "beside it.",
            state: "This command changed nothing.");

    public static PosTenancyException DatabaseLocked(string path, TimeSpan waited, string? processes) =>
        new(
            ErrorIds.DatabaseLocked,
            path,
            $"'{path}' stayed locked for {waited.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s" +
            (processes is null ? " by a connection that cannot be named" : $" and is open in {processes}") +
            ".",
            next: "Stop the application, or wait longer with -LockTimeout.",
            state: Unchanged)
        {
            Processes = processes,
        };

    /// <summary>A reader that SQLite did not let in while another connection was writing.</summary>
    public static PosTenancyException DatabaseLocked(string path, string? processes) =>
        new(
            ErrorIds.DatabaseLocked,
            path,
            $"'{path}' is locked" + (processes is null ? " by a connection that cannot be named" : $"; it is open in {processes}") +
            ".",
            next: "Run the command again when the application is not writing.",
            state: Unchanged);

    public static PosTenancyException HotJournal(string path, string detail) =>
        new(
            ErrorIds.HotJournal,
            path,
            $"'{path}' has an unfinished transaction from a crash ('{path}-journal'): {detail}",
            next: "Open the database once with its application, which rolls it back; never delete the journal.",
            state: Unchanged);

    public static PosTenancyException NotItsRemains(string path, string remains, string problem) =>
        new(
            ErrorIds.HotJournal,
            path,
            $"'{remains}' would damage '{path}' ({problem}): it is of another database, or of another time of this one, and " +
                "SQLite would play it over the file as soon as any program opens it.",
            next: $"Keep the application stopped, and keep copies of both files. If '{path}' was copied to its place " +
                $"by hand, move '{remains}' out of its folder and run the command again.",
            state: Unchanged);

    public static PosTenancyException DatabaseChanged(string path, string what) =>
        new(
            ErrorIds.DatabaseChanged,
            path,
            $"'{path}' {what}",
            next: "Make a new backup and start again.",
            state: Unchanged);

    public static PosTenancyException ChangedWhileRead(string path) =>
        new(
            ErrorIds.DatabaseChanged,
            path,
            $"'{path}' was changed by another program while it was read.",
            next: "Run the command again.");

    public static PosTenancyException InsufficientDiskSpace(string path, string folder, long needed, long available) =>
        new(
            ErrorIds.InsufficientDiskSpace,
            path,
            string.Format(
                CultureInfo.InvariantCulture,
                "'{0}' has {1:N0} bytes free, and about {2:N0} are needed to work on '{3}' and to take everything back.",
                folder,
                available,
                needed,
                path),
            next: "Free some, or name another disk for the backup with -Destination.",
            state: Unchanged);

    public static PosTenancyException DiskFull(string path, Exception inner) =>
        new(
            ErrorIds.InsufficientDiskSpace,
            path,
            $"The disk is full: {inner.Message.TrimEnd('.')}.",
            next: $"Free some room for '{path}' and run the command again.",
            inner: inner);

    public static PosTenancyException InputOutput(string path, Exception inner) =>
        new(
            ErrorIds.InputOutput,
            path,
            $"The operating system could not finish an operation on '{path}': {inner.Message.TrimEnd('.')}.",
            inner: inner);

    public static PosTenancyException DestinationNotFound(string path) =>
        new(
            ErrorIds.DestinationNotFound,
            path,
            $"There is no folder '{path}' for the backup.",
            next: "Create it first.",
            state: Unchanged);

    public static PosTenancyException DestinationNotWritable(string path) =>
        new(
            ErrorIds.DestinationNotWritable,
            path,
            $"The folder '{path}' cannot be written, so no backup can be made there.",
            state: Unchanged);

    public static PosTenancyException BackupNotFound(string path, string what) =>
        new(
            ErrorIds.BackupNotFound,
            path,
            $"There is no {what} '{path}'.",
            next: "Name a backup made by Backup-PosDatabase, with its .json beside it.",
            state: Unchanged);

    public static PosTenancyException ManifestInvalid(string path, string detail, Exception? inner = null) =>
        new(
            ErrorIds.ManifestInvalid,
            path,
            $"The manifest '{path}' cannot be used: {detail}.",
            state: Unchanged,
            inner: inner);

    public static PosTenancyException BackupTampered(string path, string detail) =>
        new(
            ErrorIds.BackupTampered,
            path,
            $"The backup '{path}' is not what its manifest says: {detail}.",
            next: "Use another backup.",
            state: Unchanged);

    public static PosTenancyException BackupIsDatabase(string path) =>
        new(
            ErrorIds.BackupMismatch,
            path,
            $"'{path}' cannot be its own backup.",
            next: "Name a backup made by Backup-PosDatabase.",
            state: Unchanged);

    public static PosTenancyException BackupOfOther(string path, string backupPath, string source) =>
        new(
            ErrorIds.BackupMismatch,
            path,
            $"'{backupPath}' is the backup of '{source}', not of '{path}'.",
            next: "If the database was moved, copy the backup by hand, as docs/roll-back-by-hand.md says.",
            state: Unchanged);

    public static PosTenancyException BackupMismatch(string path, string backupPath, string source) =>
        new(
            ErrorIds.BackupMismatch,
            path,
            $"'{backupPath}' is the backup of '{source}', and its bytes are not those of '{path}'.",
            next: "Name the backup of this database.",
            state: Unchanged);

    public static PosTenancyException InvalidTenantId(string detail) =>
        new(
            ErrorIds.InvalidTenantId,
            "",
            $"The tenant id {detail}.",
            state: NothingDone);

    public static PosTenancyException InvalidColumnName(string detail) =>
        new(
            ErrorIds.InvalidColumnName,
            "",
            $"The column name {detail}.",
            state: NothingDone);

    /// <summary>A plan with blocked tables.</summary>
    /// <param name="path">The database.</param>
    /// <param name="reasons">Sentences that say what blocks it.</param>
    /// <param name="advice">Options with which nothing is blocked, as they are typed; <see langword="null"/> if none were found.</param>
    public static PosTenancyException PlanBlocked(string path, string reasons, string? advice) =>
        new(
            ErrorIds.PlanBlocked,
            path,
            $"'{path}' cannot be migrated as it is. {reasons}",
            next: advice is null ? "Change what blocks it; Get-PosTenantPlan shows every table." : $"It can be migrated with {advice}.",
            state: Unchanged);

    /// <summary>A database that belongs to another tenant.</summary>
    /// <param name="path">The database.</param>
    /// <param name="whose">Whose it is, as the end of a sentence about it.</param>
    /// <param name="tenant">The tenant to name, as it is typed.</param>
    public static PosTenancyException MigratedForOther(string path, string whose, string tenant) =>
        new(
            ErrorIds.PlanBlocked,
            path,
            $"'{path}' {whose}",
            next: $"Run the command again with -TenantId {tenant}.",
            state: Unchanged);

    public static PosTenancyException NothingToMigrate(string path) =>
        new(
            ErrorIds.NothingToMigrate,
            path,
            $"'{path}' has no table to migrate.",
            next: "See Get-PosTenantPlan for the reasons.",
            state: Unchanged);

    public static PosTenancyException NotMigrated(string path, string columnName) =>
        new(
            ErrorIds.NotMigrated,
            path,
            $"No table of '{path}' has a column '{columnName}' to keep tenants apart.",
            next: "Migrate it first with Invoke-PosTenantUpgrade, or name its tenant column with -ColumnName.",
            state: Unchanged);

    public static PosTenancyException HistoryTableUnusable(string path, string table, string problem) =>
        new(
            ErrorIds.HistoryTableUnusable,
            path,
            $"The migration of '{path}' cannot be recorded in '{table}': {problem}.",
            next: $"Name another table of the project's own with -HistoryTable, or none for {HistoryPlan.OwnTable}.",
            state: Unchanged);

    public static PosTenancyException RehearsalFailed(string path, string detail) =>
        new(
            ErrorIds.RehearsalFailed,
            path,
            $"The rehearsal on a copy of '{path}' failed: {detail}",
            state: Unchanged);

    public static PosTenancyException RehearsalDeviation(string path, string detail) =>
        new(
            ErrorIds.RehearsalDeviation,
            path,
            $"The migration of '{path}' was refused: {detail}",
            next: "Run the upgrade again, which rehearses again.",
            state: Unchanged);

    public static PosTenancyException MigrationRolledBack(string path, string detail) =>
        new(
            ErrorIds.MigrationRolledBack,
            path,
            $"The migration of '{path}' was rolled back: {detail}",
            state: "The file is byte for byte what it was.");

    public static PosTenancyException MigrationRestored(string path, string detail, string backupPath, string? replacedPath) =>
        new(
            ErrorIds.MigrationRestored,
            path,
            $"The migrated '{path}' failed its verification: {detail}",
            state: $"The backup '{backupPath}' was put back" +
            (replacedPath is null ? "." : $"; the migrated file is kept as '{replacedPath}'."));

    public static PosTenancyException RollbackFailed(string path, string detail, string backupPath, Exception? inner = null) =>
        new(
            ErrorIds.RollbackFailed,
            path,
            $"'{path}' could not be brought back by itself: {detail}",
            next: $"Keep the application stopped and run: Restore-PosDatabase '{path}' -BackupPath '{backupPath}'",
            inner: inner);

    public static PosTenancyException RestoreFailed(string path, string detail, Exception? inner = null) =>
        new(
            ErrorIds.RestoreFailed,
            path,
            $"The restore of '{path}' did not succeed: {detail}",
            inner: inner);

    public static PosTenancyException ScriptNotFound(string path, Exception inner) =>
        new(
            ErrorIds.ScriptNotFound,
            path,
            $"There is no script '{path}'.",
            next: "Check the path.",
            state: NothingDone,
            inner: inner);

    public static PosTenancyException ScriptInvalid(string path, string detail, Exception? inner = null) =>
        new(
            ErrorIds.ScriptInvalid,
            path,
            $"The script '{path}' {detail}",
            state: NothingDone,
            inner: inner);

    public static PosTenancyException ScriptNotAllowed(string path, int line, string what) =>
        new(
            ErrorIds.ScriptNotAllowed,
            path,
            $"Line {line} of the script '{path}' cannot be run under the guard: {what}",
            state: NothingDone);

    public static PosTenancyException ScriptAndUniqueScope(string path) =>
        new(
            ErrorIds.ScriptAndUniqueScope,
            path,
            $"-Script and -UniqueScope Tenant cannot be used together: the script '{path}' decides what becomes of UNIQUE keys.",
            next: "Leave one of them out.",
            state: NothingDone);

    public static PosTenancyException ScriptAndIndexStrategy(string path) =>
        new(
            ErrorIds.ScriptAndIndexStrategy,
            path,
            $"-Script and -IndexStrategy Composite cannot be used together: the script '{path}' decides what becomes of indexes.",
            next: "Leave one of them out.",
            state: NothingDone);

    /// <summary>A statement of a script that failed. The migration around it says what became of the file.</summary>
    public static PosTenancyException ScriptStatementFailed(string path, int line, string script, string detail) =>
        new(ErrorIds.SqliteError, path, $"Line {line} of the script '{script}': {detail.TrimEnd('.')}.");

    public static PosTenancyException QueryNotAllowed(string path, int line, string what) =>
        new(
            ErrorIds.QueryNotAllowed,
            path,
            $"Line {line} of the queries '{path}' cannot be measured: {what}",
            state: NothingMeasured);

    public static PosTenancyException TenantNotFound(string path, string? tenantId, string tenants) =>
        new(
            ErrorIds.TenantNotFound,
            path,
            (tenantId is null ? $"'{path}' has rows of several tenants" : $"'{path}' has no row of the tenant '{tenantId}'") +
            $": it has those of {tenants}.",
            next: "Name one with -TenantId.",
            state: Unchanged);

    public static PosTenancyException InvalidReportPath(string path, string detail) =>
        new(ErrorIds.InvalidReportPath, path, $"The report cannot be written to '{path}': {detail}.");

    public static PosTenancyException ReportInvalid(string path, string detail, Exception? inner = null) =>
        new(
            ErrorIds.ReportInvalid,
            path,
            $"'{path}' cannot be read as a report: {detail}.",
            next: "Name a .json file that Export-PosTenantReport wrote.",
            state: NothingDone,
            inner: inner);

    public static PosTenancyException ReportTooNew(string path, string version, int known) =>
        new(
            ErrorIds.ReportTooNew,
            path,
            $"'{path}' is a report of version {version}, and this release knows versions up to {known}.",
            next: "Read it with the release that wrote it, or a newer one.",
            state: NothingDone);

    public static PosTenancyException InvalidTarget() =>
        new(
            ErrorIds.InvalidTarget,
            "",
            "The time target must be longer than 0 and not longer than 86400 seconds.",
            state: NothingDone);

    public static PosTenancyException SqliteError(string path, string message, Exception? inner = null) =>
        new(
            ErrorIds.SqliteError,
            path,
            $"SQLite failed on '{path}': {message.TrimEnd('.')}.",
            inner: inner);
}
