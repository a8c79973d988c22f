using System.Globalization;

namespace PosTenancy;

/// <summary>
/// Makes every error of the engine, of three parts: what happened, what to do next, and what was left unchanged. An error that quotes
/// another one, such as a rollback after COMMIT, takes over what happened alone: the rest may no longer be true.
/// </summary>
internal static partial class Errors
{
    private const string Unchanged = "The database was not changed.";
    private const string NothingWritten = "Nothing was written to it.";
    private const string NothingDone = "Nothing was done.";
    private const string NothingMeasured = "Nothing was measured, and nothing was changed.";

    public static PosTenancyException FileNotFound(string path) =>
        new(
            ErrorIds.FileNotFound,
            path,
            $"The file '{path}' does not exist.",
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
            $"'{path}' is not a valid file path: {inner.Message}",
            inner: inner);

    public static PosTenancyException PathTooLong(string path, int longest, string unit, Exception inner) =>
        new(
            ErrorIds.InvalidPath,
            path,
            $"'{path}' is too long: SQLite opens no path longer than {longest} {unit} on this system, and a backup beside the " +
                "database would have an even longer one.",
            next: "Move the database to a folder with a shorter path, or name one for the backup with -Destination.",
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
            $"'{path}' is not a SQLite database: it does not begin with a SQLite header.",
            state: NothingWritten);

    public static PosTenancyException DatabaseEncrypted(string path) =>
        new(
            ErrorIds.DatabaseEncrypted,
            path,
            $"'{path}' appears to be encrypted (its first page looks random, and its size is a whole number of pages).",
            next: "Decrypt it with the application that encrypted it, then run the command again.",
            state: NothingWritten);

    public static PosTenancyException DatabaseTruncated(string path, long expected, long actual) =>
        new(
            ErrorIds.DatabaseTruncated,
            path,
            $"'{path}' is truncated: its header specifies {expected} bytes, but the file has {actual}.",
            next: "Restore it from a backup.",
            state: NothingWritten);

    public static PosTenancyException DatabaseCorrupt(string path, string detail, Exception? inner = null) =>
        new(
            ErrorIds.DatabaseCorrupt,
            path,
            $"'{path}' is damaged: {detail.TrimEnd('.')}.",
            next: "Restore it from a backup, or recover it with the .recover command of sqlite3 first.",
            state: Unchanged,
            inner: inner);

    public static PosTenancyException DatabaseHasOtherNames(string path, long names) =>
        new(
            ErrorIds.DatabaseHasOtherNames,
            path,
            $"'{path}' has {names} names (hard links). SQLite would keep a separate log for each, and changes that are " +
                "still in one log would corrupt the database under the other name.",
            next: "Remove the other names.",
            state: Unchanged);

    public static PosTenancyException ReadOnlyFile(string path) =>
        new(
            ErrorIds.ReadOnly,
            path,
            $"'{path}' is read-only.",
            next: "If the database is meant to be changed, clear the read-only attribute or grant write permission.",
            state: Unchanged);

    public static PosTenancyException ReadOnlyFolder(string path, string folder) =>
        new(
            ErrorIds.ReadOnly,
            path,
            $"The folder '{folder}' is not writable, and SQLite must create its journal beside '{path}'.",
            next: "Grant this account write permission there.",
            state: Unchanged);

    public static PosTenancyException AccessDenied(string path, Exception inner) =>
        new(
            ErrorIds.AccessDenied,
            path,
            $"Access to '{path}' is denied: {inner.Message}",
            next: "Run as an account that can read and write it.",
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
                $"Another program has '{path}' or a file beside it open: {inner.Message}",
                next: "Stop it, then run the command again.",
                state: Unchanged,
                inner: inner);

    public static PosTenancyException CommandAtWork(string path, string? processes, Exception? inner) =>
        new(
            ErrorIds.DatabaseInUse,
            path,
            $"Another PosTenancy command is running on '{path}'" +
                (processes is null ? "" : $", in {processes}") +
                ".",
            next: "Run this command again when the other one has finished.",
            state: Unchanged,
            inner: inner);

    public static PosTenancyException JournalInvalid(string journal, string why, Exception? inner = null) =>
        new(
            ErrorIds.JournalInvalid,
            journal,
            $"'{journal}' should be the journal of an interrupted run, but {why}.",
            next: "Identify the file, move it away, and run the command again.",
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
            next: $"Its backup is '{backupPath}'. Restore-PosDatabase restores it and keeps the current file beside the database.",
            state: "This command changed nothing.");

    public static PosTenancyException DatabaseLocked(string path, TimeSpan waited, string? processes) =>
        new(
            ErrorIds.DatabaseLocked,
            path,
            $"'{path}' stayed locked for {waited.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s" +
            (processes is null ? " by an unidentified connection" : $" and is open in {processes}") +
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
            $"'{path}' is locked" + (processes is null ? " by an unidentified connection" : $"; it is open in {processes}") +
            ".",
            next: "Run the command again when the application is not writing.",
            state: Unchanged);

    public static PosTenancyException HotJournal(string path, string detail) =>
        new(
            ErrorIds.HotJournal,
            path,
            $"'{path}' has an unfinished transaction from a crash ('{path}-journal'): {detail}",
            next: "Open the database once with its application, which rolls the transaction back. Never delete the journal.",
            state: Unchanged);

    public static PosTenancyException NotItsRemains(string path, string remains, string problem) =>
        new(
            ErrorIds.HotJournal,
            path,
            $"'{remains}' would damage '{path}' ({problem}): it belongs to another database, or to another state of this one, " +
                "and SQLite would replay it into the file as soon as any program opens it.",
            next: $"Keep the application stopped, and keep copies of both files. If '{path}' was copied into " +
                $"place by hand, move '{remains}' out of its folder and run the command again.",
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
            $"'{path}' was changed by another program while it was being read.",
            next: "Run the command again.");

    public static PosTenancyException NothingToKeep() =>
        new(
            ErrorIds.NothingToKeep,
            "",
            "Nothing says which backups to remove.",
            next: "Name how many of the newest to keep (-KeepLast), or how old one must be (-OlderThan), or both.",
            state: NothingDone);

    public static PosTenancyException NoGoodBackup(string path, int count) =>
        new(
            ErrorIds.NoGoodBackup,
            path,
            $"None of the {count} backups of '{path}' could be restored, so none was removed.",
            next: "Make one with Backup-PosDatabase, and see with Test-PosDatabaseBackup what is wrong with the others.");

    public static PosTenancyException CopyOvertaken(string path, int times) =>
        new(
            ErrorIds.CopyOvertaken,
            path,
            $"'{path}' could not be copied while it is in use: other programs wrote to it {times} times, and the copy began again each " +
                "time.",
            next: "Run the command at a quieter time, or switch the database to a write-ahead log (PRAGMA journal_mode = WAL).");

    public static PosTenancyException InsufficientDiskSpace(string path, string folder, long needed, long available) =>
        new(
            ErrorIds.InsufficientDiskSpace,
            path,
            string.Format(
                CultureInfo.InvariantCulture,
                "'{0}' has {1:N0} bytes free, but about {2:N0} are needed to process '{3}' and to be able to undo everything.",
                folder,
                available,
                needed,
                path),
            next: "Free some space, or name a folder on another disk for the backup with -Destination.",
            state: Unchanged);

    public static PosTenancyException DiskFull(string path, Exception inner) =>
        new(
            ErrorIds.InsufficientDiskSpace,
            path,
            $"The disk is full: {inner.Message.TrimEnd('.')}.",
            next: $"Free some space for '{path}' and run the command again.",
            inner: inner);

    public static PosTenancyException InputOutput(string path, Exception inner) =>
        new(
            ErrorIds.InputOutput,
            path,
            $"The operating system could not complete an operation on '{path}': {inner.Message.TrimEnd('.')}.",
            inner: inner);

    public static PosTenancyException DestinationNotFound(string path) =>
        new(
            ErrorIds.DestinationNotFound,
            path,
            $"The folder '{path}' for the backup does not exist.",
            next: "Create it first.",
            state: Unchanged);

    public static PosTenancyException DestinationNotWritable(string path) =>
        new(
            ErrorIds.DestinationNotWritable,
            path,
            $"The folder '{path}' is not writable, so no backup can be made there.",
            state: Unchanged);

    public static PosTenancyException BackupNotFound(string path, string what) =>
        new(
            ErrorIds.BackupNotFound,
            path,
            $"The {what} '{path}' does not exist.",
            next: "Name a backup made by Backup-PosDatabase, with its manifest (.json) beside it.",
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
            $"The backup '{path}' does not match its manifest: {detail}.",
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
            $"'{backupPath}' is a backup of '{source}', not of '{path}'.",
            next: "If the database was moved, copy the backup by hand as described in docs/roll-back-by-hand.md.",
            state: Unchanged);

    public static PosTenancyException BackupMismatch(string path, string backupPath, string source) =>
        new(
            ErrorIds.BackupMismatch,
            path,
            $"'{backupPath}' is a backup of '{source}', and its bytes differ from those of '{path}'.",
            next: "Name a backup of this database.",
            state: Unchanged);

    /// <summary>A tenant that is to be brought in and has rows already.</summary>
    public static PosTenancyException TenantExists(string path, string tenantId, string source) =>
        new(
            ErrorIds.TenantExists,
            path,
            $"'{path}' has rows of tenant '{tenantId}' already, and they are not those of '{source}'.",
            next: "Choose another -TenantId. Compare-PosTenant shows how the two differ.",
            state: Unchanged);

    public static PosTenancyException SourceInvalid(string source, string why, string next) =>
        new(
            ErrorIds.SourceInvalid,
            source,
            $"'{source}' {why}.",
            next: next,
            state: NothingDone);

    /// <summary>Rows that do not fit.</summary>
    /// <param name="source">The source.</param>
    /// <param name="path">The database.</param>
    /// <param name="differences">What differs.</param>
    public static PosTenancyException SchemaMismatch(string source, string path, string differences) =>
        new(
            ErrorIds.SchemaMismatch,
            source,
            $"The rows of '{source}' do not fit into '{path}': {differences}.",
            next: "Bring both to the same release of the application first.",
            state: Unchanged);

    /// <summary>Keys that people see, and that two stores have.</summary>
    /// <param name="source">The source.</param>
    /// <param name="path">The database.</param>
    /// <param name="keys">The keys, with examples.</param>
    /// <param name="example">A declaration that some of them may change, as it is typed; <see langword="null"/> if none can.</param>
    /// <param name="scope">The scope with which they would not collide.</param>
    public static PosTenancyException KeysCollide(
        string source, string path, string keys, string? example, UniqueScope scope) =>
        new(
            ErrorIds.KeysCollide,
            source,
            $"Keys of '{source}' are in '{path}' already, and must not change: {keys}.",
            next: $"Make them unique per tenant with Invoke-PosTenantUpgrade and -UniqueScope {scope}" +
                (example is null ? "." : $", or declare which of them may change, for example with -KeyMap {example}."),
            state: Unchanged);

    /// <summary>Keys that would have to change, and cannot.</summary>
    public static PosTenancyException KeysCollide(string source, string why) =>
        new(
            ErrorIds.KeysCollide,
            source,
            $"The rows of '{source}' cannot be brought in: {why}.",
            state: Unchanged);

    public static PosTenancyException SharedRowsDiffer(string source, string path, string differences) =>
        new(
            ErrorIds.SharedRowsDiffer,
            source,
            $"Tables that all tenants share have other rows in '{source}' than in '{path}': {differences}.",
            next: "Make them equal, or decide with -SharedRows KeepExisting that the rows of the database hold and missing ones are added.",
            state: Unchanged);

    /// <summary>Columns that look like references to keys that will change.</summary>
    /// <param name="source">The source.</param>
    /// <param name="columns">The columns and what they seem to name.</param>
    /// <param name="example">A declaration, as it is typed.</param>
    public static PosTenancyException ReferenceNotDeclared(string source, string columns, string example) =>
        new(
            ErrorIds.ReferenceNotDeclared,
            source,
            $"Columns of '{source}' look like references to keys that get new values, and no foreign key says so: {columns}.",
            next: $"Declare them, for example with -KeyMap {example}. Where it is no reference, declare 'None'.",
            state: Unchanged);

    public static PosTenancyException KeyMapInvalid(string place, string why) =>
        new(
            ErrorIds.KeyMapInvalid,
            "",
            $"The declaration for '{place}' in -KeyMap cannot be used: {why}.",
            state: NothingDone);

    public static PosTenancyException KeyMapLost(string path, string tenantId, string file, string why, Exception? inner = null) =>
        new(
            ErrorIds.KeyMapLost,
            path,
            $"The key map '{file}' of tenant '{tenantId}' {why}. Without it the rows of the tenant cannot be compared with their source.",
            next: "Put the file back beside the database. Compare-PosTenant, Export-PosTenant and Restore-PosTenant take it from " +
                "elsewhere with -KeyMapPath.",
            state: NothingDone,
            inner: inner);

    public static PosTenancyException ExportRefused(string path, string why) =>
        new(
            ErrorIds.ExportRefused,
            path,
            $"The tenant cannot be exported from '{path}': {why}.",
            state: NothingDone);

    public static PosTenancyException ExportTampered(string path, string detail) =>
        new(
            ErrorIds.ExportTampered,
            path,
            $"The export '{path}' does not match its manifest: {detail}.",
            next: "Export the tenant again with Export-PosTenant. If the file was changed on purpose, move its manifest (.json) away.",
            state: NothingDone);

    /// <summary>Rows that do not fit beside what others did since.</summary>
    /// <param name="path">The database.</param>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="source">The backup or export.</param>
    /// <param name="conflicts">The rows.</param>
    /// <param name="next">What can be decided.</param>
    public static PosTenancyException RestoreConflict(string path, string tenantId, string source, string conflicts, string next) =>
        new(
            ErrorIds.RestoreConflict,
            path,
            $"The rows of tenant '{tenantId}' in '{source}' do not fit into '{path}' any more: {conflicts}.",
            next: next,
            state: Unchanged);

    public static PosTenancyException LastTenant(string path, string tenantId) =>
        new(
            ErrorIds.LastTenant,
            path,
            $"'{tenantId}' is the only tenant of '{path}': without it the database would be empty.",
            next: "If that is what you want, add -Force.",
            state: Unchanged);

    public static PosTenancyException TenantIsDefault(string path, string tenantId, string columnName, string tables) =>
        new(
            ErrorIds.TenantIsDefault,
            path,
            $"The DEFAULT of {columnName} is '{tenantId}' in tables of '{path}': {tables}. An INSERT that names no tenant would bring " +
                "it back.",
            next: "Run Complete-PosTenantMigration first, which removes the DEFAULT.",
            state: Unchanged);

    public static PosTenancyException TenantReferenced(string path, string tenantId, string references) =>
        new(
            ErrorIds.TenantReferenced,
            path,
            $"Rows that stay in '{path}' reference rows of tenant '{tenantId}': {references}.",
            next: "Change or delete these rows with the application. Get-PosTenant names the first of other tenants.",
            state: Unchanged);

    public static PosTenancyException RemovalRefused(string path, string tenantId, string why) =>
        new(
            ErrorIds.RemovalRefused,
            path,
            $"The tenant '{tenantId}' cannot be removed from '{path}': {why}.",
            state: Unchanged);

    /// <summary>A change of a tenant's rows that was rolled back.</summary>
    /// <param name="path">The database.</param>
    /// <param name="what">What was being done, such as <c>import</c>.</param>
    /// <param name="detail">Why it was rolled back.</param>
    public static PosTenancyException ChangeRolledBack(string path, string what, string detail) =>
        new(
            ErrorIds.ChangeRolledBack,
            path,
            $"The {what} of '{path}' was rolled back: {detail}",
            state: "The file is byte for byte identical to the original.");

    /// <summary>A new name that a tenant of the database has already.</summary>
    /// <param name="path">The database.</param>
    /// <param name="newName">The new name.</param>
    /// <param name="where">Where it is.</param>
    public static PosTenancyException NewNameTaken(string path, string newName, string where) =>
        new(
            ErrorIds.TenantExists,
            path,
            $"'{path}' has a tenant '{newName}' already: {where}.",
            next: "Choose another -NewName.",
            state: Unchanged);

    public static PosTenancyException RenameRefused(string path, string tenantId, string why, string next) =>
        new(
            ErrorIds.RenameRefused,
            path,
            $"The tenant '{tenantId}' cannot be renamed in '{path}': {why}.",
            next: next,
            state: Unchanged);

    public static PosTenancyException InvalidNewName(string detail) =>
        new(
            ErrorIds.InvalidNewName,
            "",
            $"The new name {detail}.",
            state: NothingDone);

    public static PosTenancyException CompletionRefused(string path, string why, string next = "") =>
        new(
            ErrorIds.CompletionRefused,
            path,
            $"The DEFAULT of the tenant column of '{path}' cannot be dropped: {why}.",
            next: next,
            state: Unchanged);

    /// <summary>What would fail without the DEFAULT.</summary>
    /// <param name="path">The database.</param>
    /// <param name="columnName">The tenant column.</param>
    /// <param name="statements">The triggers and foreign keys, and why they fail.</param>
    public static PosTenancyException StatementsNeedTenant(string path, string columnName, string statements) =>
        new(
            ErrorIds.StatementsNeedTenant,
            path,
            $"Without the DEFAULT of the column {columnName}, these would fail in '{path}': {statements}.",
            next: $"Have the application create them again with {columnName}, or drop the DEFAULT anyway with -Force.",
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

    /// <summary>A pattern of -ReferenceTable that matches no table.</summary>
    public static PosTenancyException ReferenceTableNotFound(string path, string pattern) =>
        new(
            ErrorIds.InvalidReferenceTable,
            path,
            $"-ReferenceTable '{pattern}' matches no business table of '{path}'.",
            next: "Check the name; Get-PosTenantPlan lists every table.",
            state: Unchanged);

    /// <summary>A table that is to be shared and left out.</summary>
    public static PosTenancyException SharedAndExcluded(string path, string table) =>
        new(
            ErrorIds.InvalidReferenceTable,
            path,
            $"-ReferenceTable and -ExcludeTable both name the table '{table}' of '{path}'.",
            next: "Name it with one of the two.",
            state: Unchanged);

    public static PosTenancyException InvalidReadViewPrefix(string path, string prefix, string name) =>
        new(
            ErrorIds.InvalidReadViewPrefix,
            path,
            $"With -ReadViewPrefix '{prefix}' a read view would hide '{name}' of '{path}'.",
            next: "Name a prefix with which no table and no view of the database begins.",
            state: Unchanged);

    /// <summary>Read views of the triggers for the schema: they would have no connection whose tenant they show.</summary>
    public static PosTenancyException ReadViewsOfSchema() =>
        new(
            ErrorIds.InvalidReadViewPrefix,
            "",
            "-ReadViewPrefix and -Permanent cannot be used together: read views belong to the guard of a connection.",
            next: "Run the command once for each.",
            state: NothingDone);

    /// <summary>A tenant for a table that is no tenant id.</summary>
    public static PosTenancyException InvalidTenantFor(string table, string problem) =>
        new(
            ErrorIds.InvalidTenantFor,
            "",
            $"The tenant that -TenantFor names for '{table}' {problem}.",
            state: NothingDone);

    /// <summary>A tenant for a table whose rows belong to no tenant.</summary>
    public static PosTenancyException TenantForNoTable(string path, string table, string problem) =>
        new(
            ErrorIds.InvalidTenantFor,
            path,
            $"-TenantFor names the table '{table}', whose rows cannot be given to a tenant in '{path}': {problem}.",
            next: "Check the name; Get-PosTenantPlan lists every table.",
            state: Unchanged);

    /// <summary>A tenant for a table that has no rows in the database.</summary>
    public static PosTenancyException TenantForUnknown(string path, string table, string tenantId, string tenants) =>
        new(
            ErrorIds.InvalidTenantFor,
            path,
            $"-TenantFor names the tenant '{tenantId}' for '{table}', and '{path}' has no rows of it. It has rows of {tenants}.",
            next: "Name one of these.",
            state: Unchanged);

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
            $"No table in '{path}' has the tenant column '{columnName}'.",
            next: "Migrate it first with Invoke-PosTenantUpgrade, or name its tenant column with -ColumnName.",
            state: Unchanged);

    public static PosTenancyException HistoryTableUnusable(string path, string table, string problem) =>
        new(
            ErrorIds.HistoryTableUnusable,
            path,
            $"The migration of '{path}' cannot be recorded in '{table}': {problem}.",
            next: $"Name another table of the project with -HistoryTable, or omit it to use {HistoryPlan.OwnTable}.",
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
            next: "Run the upgrade again, which repeats the rehearsal.",
            state: Unchanged);

    public static PosTenancyException MigrationRolledBack(string path, string detail) =>
        new(
            ErrorIds.MigrationRolledBack,
            path,
            $"The migration of '{path}' was rolled back: {detail}",
            state: "The file is byte for byte identical to the original.");

    public static PosTenancyException MigrationRestored(string path, string detail, string backupPath, string? replacedPath) =>
        new(
            ErrorIds.MigrationRestored,
            path,
            $"The migrated database '{path}' failed its verification: {detail}",
            state: $"The backup '{backupPath}' was restored" +
            (replacedPath is null ? "." : $"; the migrated file is kept as '{replacedPath}'."));

    public static PosTenancyException RollbackFailed(string path, string detail, string backupPath, Exception? inner = null) =>
        new(
            ErrorIds.RollbackFailed,
            path,
            $"'{path}' could not be restored automatically: {detail}",
            next: $"Keep the application stopped and run: Restore-PosDatabase '{path}' -BackupPath '{backupPath}'",
            inner: inner);

    public static PosTenancyException RestoreFailed(string path, string detail, Exception? inner = null) =>
        new(
            ErrorIds.RestoreFailed,
            path,
            $"The restore of '{path}' failed: {detail}",
            inner: inner);

    public static PosTenancyException ScriptNotFound(string path, Exception inner) =>
        new(
            ErrorIds.ScriptNotFound,
            path,
            $"The script '{path}' does not exist.",
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
            $"Line {line} of the script '{path}' cannot run under the guard: {what}",
            state: NothingDone);

    public static PosTenancyException ScriptAndUniqueScope(string path) =>
        new(
            ErrorIds.ScriptAndUniqueScope,
            path,
            $"-Script and -UniqueScope Tenant cannot be used together: the script '{path}' decides what happens to UNIQUE keys.",
            next: "Omit one of them.",
            state: NothingDone);

    public static PosTenancyException ScriptAndIndexStrategy(string path) =>
        new(
            ErrorIds.ScriptAndIndexStrategy,
            path,
            $"-Script and -IndexStrategy Composite cannot be used together: the script '{path}' decides what happens to indexes.",
            next: "Omit one of them.",
            state: NothingDone);

    /// <summary>A statement of a script that failed. The migration around it says what became of the file.</summary>
    public static PosTenancyException ScriptStatementFailed(string path, int line, string script, string detail) =>
        new(ErrorIds.SqliteError, path, $"Line {line} of the script '{script}': {detail.TrimEnd('.')}.");

    public static PosTenancyException QueryNotAllowed(string path, int line, string what) =>
        new(
            ErrorIds.QueryNotAllowed,
            path,
            $"Line {line} of the query file '{path}' cannot be measured: {what}",
            state: NothingMeasured);

    public static PosTenancyException TenantNotFound(string path, string? tenantId, string tenants) =>
        new(
            ErrorIds.TenantNotFound,
            path,
            tenantId is null
                ? $"'{path}' has rows of several tenants: {tenants}."
                : $"'{path}' has no rows of the tenant '{tenantId}'. It has rows of {tenants}.",
            next: "Name one with -TenantId.",
            state: Unchanged);

    public static PosTenancyException NoTenantMatches(string path, string pattern, string tenants) =>
        new(
            ErrorIds.TenantNotFound,
            path,
            $"'{path}' has no tenant '{pattern}'. It has {tenants}.",
            next: "Name one of its tenants with -TenantId, or omit the parameter to see all.",
            state: Unchanged);

    public static PosTenancyException StatementsNotFound(string path, string source) =>
        new(
            ErrorIds.StatementsNotFound,
            path,
            $"No SQL statement was found in {source}, so that none was tested.",
            next: "Check -SourcePath, -Include and -Exclude. Tests and migrations are left out without -IncludeTest and -IncludeMigration.",
            state: Unchanged);

    public static PosTenancyException StatementsNotIsolated(string path, int count, string places) =>
        new(
            ErrorIds.StatementsNotIsolated,
            path,
            $"The application has {(count == 1 ? "a new finding" : $"{count} new findings")} on '{path}': {places}.",
            next: "Correct each statement, or allow it with a comment that gives the reason.",
            state: Unchanged);

    public static PosTenancyException BaselineNotFound(string path) =>
        new(
            ErrorIds.InvalidBaselinePath,
            path,
            $"The baseline '{path}' does not exist.",
            next: "Check the path, or write the baseline with -UpdateBaseline.",
            state: NothingDone);

    public static PosTenancyException BaselineNotNamed() =>
        new(
            ErrorIds.InvalidBaselinePath,
            "",
            "-UpdateBaseline needs the path of the baseline.",
            next: "Name it with -BaselinePath.",
            state: NothingDone);

    public static PosTenancyException BaselineNotWritable(string path, string detail) =>
        new(ErrorIds.InvalidBaselinePath, path, $"The baseline cannot be written to '{path}': {detail}.");

    public static PosTenancyException BaselineInvalid(string path, string detail, Exception? inner = null) =>
        new(
            ErrorIds.BaselineInvalid,
            path,
            $"'{path}' cannot be read as a baseline: {detail}.",
            next: "Correct the file, or restore it from version control.",
            state: NothingDone,
            inner: inner);

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
            $"'{path}' is a report of version {version}, but this release only knows versions up to {known}.",
            next: "Read it with the release that wrote it, or a newer one.",
            state: NothingDone);

    public static PosTenancyException InvalidTarget() =>
        new(
            ErrorIds.InvalidTarget,
            "",
            "The time target must be more than 0 and at most 86400 seconds.",
            state: NothingDone);

    public static PosTenancyException FleetInvalid(string what) =>
        new(
            ErrorIds.FleetInvalid,
            "",
            $"The rollout {what}.",
            next: "Correct the rows and run the command again.",
            state: NothingDone);

    public static PosTenancyException FleetStateInvalid(string path, string why, Exception? inner = null) =>
        new(
            ErrorIds.FleetStateInvalid,
            path,
            $"The state '{path}' cannot be used: {why}.",
            next: "For a new rollout name another file. Without a state every store is examined again, and one that is migrated is left " +
                "as it is.",
            state: NothingDone,
            inner: inner);

    public static PosTenancyException FleetStateInUse(string path, string? processes, Exception inner) =>
        new(
            ErrorIds.FleetStateInUse,
            path,
            $"Another rollout is using the state '{path}'{(processes is null ? "" : $", in {processes}")}.",
            next: "Wait until it has ended.",
            state: NothingDone,
            inner: inner);

    public static PosTenancyException RolloutStopped(string why, int waiting) =>
        new(
            ErrorIds.RolloutStopped,
            "",
            $"The rollout was stopped. {why} {waiting} {(waiting == 1 ? "store was" : "stores were")} not begun.",
            next: "Remove the cause, and run the same command again: it goes on with the stores that are not done.");

    public static PosTenancyException RemotingFailed(string path, string computerName, string why) =>
        new(
            ErrorIds.RemotingFailed,
            path,
            $"'{path}' on {computerName}: {why.TrimEnd('.')}.",
            next: "Run the same command again when the machine can be reached: an upgrade that was interrupted there is completed or " +
                "rolled back, and one that is still at work is waited for.");

    public static PosTenancyException InvalidLogPath(string path, string why) =>
        new(ErrorIds.InvalidLogPath, path, $"The log cannot be written to '{path}': {why.TrimEnd('.')}.", state: NothingDone);

    public static PosTenancyException SqliteError(string path, string message, Exception? inner = null) =>
        new(
            ErrorIds.SqliteError,
            path,
            $"SQLite failed on '{path}': {message.TrimEnd('.')}.",
            inner: inner);
}
