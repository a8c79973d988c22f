namespace PosTenancy;

/// <summary>Every id that <see cref="PosTenancyException.ErrorId"/> can have. They are public API.</summary>
public static class ErrorIds
{
    /// <summary>The command was cancelled; only a result has this id, since a cancelled command writes no error.</summary>
    public const string Cancelled = "PosTenancy.Cancelled";

    /// <summary>The command must ask before it continues, and its session cannot.</summary>
    public const string ConfirmationRequired = "PosTenancy.ConfirmationRequired";

    /// <summary>The rows of a rollout are not usable: none, a missing value, or two for the same database or tenant.</summary>
    public const string FleetInvalid = "PosTenancy.FleetInvalid";

    /// <summary>The state of a rollout is damaged, or is that of other rows or options.</summary>
    public const string FleetStateInvalid = "PosTenancy.FleetStateInvalid";

    /// <summary>Another process uses the state of the rollout.</summary>
    public const string FleetStateInUse = "PosTenancy.FleetStateInUse";

    /// <summary>The rollout was stopped before the store's turn came.</summary>
    public const string RolloutStopped = "PosTenancy.RolloutStopped";

    /// <summary>The machine of the store cannot be reached, or the connection to it was lost.</summary>
    public const string RemotingFailed = "PosTenancy.RemotingFailed";

    /// <summary>The log cannot be written to.</summary>
    public const string InvalidLogPath = "PosTenancy.InvalidLogPath";

    /// <summary>The tenant that is to be brought in, or the new name of one, has rows in the database already.</summary>
    public const string TenantExists = "PosTenancy.TenantExists";

    /// <summary>The source of an import cannot be one: it is the database itself, or does not have the tenant.</summary>
    public const string SourceInvalid = "PosTenancy.SourceInvalid";

    /// <summary>The tables of two databases differ, or their schemas are at different versions.</summary>
    public const string SchemaMismatch = "PosTenancy.SchemaMismatch";

    /// <summary>Keys that must not change, or cannot, are in the database already.</summary>
    public const string KeysCollide = "PosTenancy.KeysCollide";

    /// <summary>A table that all tenants share has other rows in the source.</summary>
    public const string SharedRowsDiffer = "PosTenancy.SharedRowsDiffer";

    /// <summary>Columns look like references, and no foreign key and no declaration says whether they are.</summary>
    public const string ReferenceNotDeclared = "PosTenancy.ReferenceNotDeclared";

    /// <summary>A declaration about keys cannot be read, or names what does not exist.</summary>
    public const string KeyMapInvalid = "PosTenancy.KeyMapInvalid";

    /// <summary>The file that maps the keys of an imported tenant is missing or was changed.</summary>
    public const string KeyMapLost = "PosTenancy.KeyMapLost";

    /// <summary>The tenant cannot be exported from this database, or not without its column.</summary>
    public const string ExportRefused = "PosTenancy.ExportRefused";

    /// <summary>An exported tenant is no longer what its manifest says.</summary>
    public const string ExportTampered = "PosTenancy.ExportTampered";

    /// <summary>Rows of a tenant cannot be restored beside what others did since, and it was not decided what holds.</summary>
    public const string RestoreConflict = "PosTenancy.RestoreConflict";

    /// <summary>A change of a tenant's rows was rolled back.</summary>
    public const string ChangeRolledBack = "PosTenancy.ChangeRolledBack";

    /// <summary>Something in the schema stands in the way of another name for a tenant.</summary>
    public const string RenameRefused = "PosTenancy.RenameRefused";

    /// <summary>The new name of a tenant cannot be stored, or is the name that it has.</summary>
    public const string InvalidNewName = "PosTenancy.InvalidNewName";

    /// <summary>The last tenant of a database is not removed by accident.</summary>
    public const string LastTenant = "PosTenancy.LastTenant";

    /// <summary>The DEFAULT of the tenant column is the tenant that is to be removed.</summary>
    public const string TenantIsDefault = "PosTenancy.TenantIsDefault";

    /// <summary>Rows that stay reference rows of the tenant that is to be removed.</summary>
    public const string TenantReferenced = "PosTenancy.TenantReferenced";

    /// <summary>A tenant cannot be removed from a database, because its rows cannot be told apart.</summary>
    public const string RemovalRefused = "PosTenancy.RemovalRefused";

    /// <summary>The DEFAULT of the tenant column cannot be dropped: rows have no tenant, or a definition cannot be read.</summary>
    public const string CompletionRefused = "PosTenancy.CompletionRefused";

    /// <summary>Triggers or foreign keys of the database count on the DEFAULT of the tenant column, and would fail without it.</summary>
    public const string StatementsNeedTenant = "PosTenancy.StatementsNeedTenant";

    /// <summary>The path names nothing.</summary>
    public const string FileNotFound = "PosTenancy.FileNotFound";

    /// <summary>The path names a folder.</summary>
    public const string PathIsFolder = "PosTenancy.PathIsFolder";

    /// <summary>The path is not one of the file system, or cannot be one.</summary>
    public const string InvalidPath = "PosTenancy.InvalidPath";

    /// <summary>The file has zero bytes.</summary>
    public const string EmptyFile = "PosTenancy.EmptyFile";

    /// <summary>The file does not begin as a SQLite database does.</summary>
    public const string NotADatabase = "PosTenancy.NotADatabase";

    /// <summary>The file looks like an encrypted database: whole pages of noise.</summary>
    public const string DatabaseEncrypted = "PosTenancy.DatabaseEncrypted";

    /// <summary>The file is shorter than its own header says.</summary>
    public const string DatabaseTruncated = "PosTenancy.DatabaseTruncated";

    /// <summary>The file has another name (a hard link), under which others may have it open with a log of their own.</summary>
    public const string DatabaseHasOtherNames = "PosTenancy.DatabaseHasOtherNames";

    /// <summary>SQLite found the file damaged.</summary>
    public const string DatabaseCorrupt = "PosTenancy.DatabaseCorrupt";

    /// <summary>The file, or the folder it is in, cannot be written.</summary>
    public const string ReadOnly = "PosTenancy.ReadOnly";

    /// <summary>The operating system refuses access.</summary>
    public const string AccessDenied = "PosTenancy.AccessDenied";

    /// <summary>Another process has the database open.</summary>
    public const string DatabaseInUse = "PosTenancy.DatabaseInUse";

    /// <summary>Another connection held a lock for longer than the lock timeout.</summary>
    public const string DatabaseLocked = "PosTenancy.DatabaseLocked";

    /// <summary>Neither a number of backups to keep nor an age was named.</summary>
    public const string NothingToKeep = "PosTenancy.NothingToKeep";

    /// <summary>Not one backup could be restored, so that none may be removed.</summary>
    public const string NoGoodBackup = "PosTenancy.NoGoodBackup";

    /// <summary>The database could not be copied while it is in use: others write to it again and again.</summary>
    public const string CopyOvertaken = "PosTenancy.CopyOvertaken";

    /// <summary>A crash left a transaction that must be rolled back before the file can be read.</summary>
    public const string HotJournal = "PosTenancy.HotJournal";

    /// <summary>The database changed while it was read or between two stages.</summary>
    public const string DatabaseChanged = "PosTenancy.DatabaseChanged";

    /// <summary>The disk cannot hold what the command is about to write.</summary>
    public const string InsufficientDiskSpace = "PosTenancy.InsufficientDiskSpace";

    /// <summary>Reading or writing failed in the operating system.</summary>
    public const string InputOutput = "PosTenancy.InputOutput";

    /// <summary>The folder for backups is not there.</summary>
    public const string DestinationNotFound = "PosTenancy.DestinationNotFound";

    /// <summary>The folder for backups cannot be written.</summary>
    public const string DestinationNotWritable = "PosTenancy.DestinationNotWritable";

    /// <summary>The backup or its manifest is not there.</summary>
    public const string BackupNotFound = "PosTenancy.BackupNotFound";

    /// <summary>The manifest cannot be read, or is of a version that this release does not know.</summary>
    public const string ManifestInvalid = "PosTenancy.ManifestInvalid";

    /// <summary>The backup is no longer what its manifest says.</summary>
    public const string BackupTampered = "PosTenancy.BackupTampered";

    /// <summary>The backup is of another database.</summary>
    public const string BackupMismatch = "PosTenancy.BackupMismatch";

    /// <summary>The tenant id is empty, too long, or has characters that cannot be stored.</summary>
    public const string InvalidTenantId = "PosTenancy.InvalidTenantId";

    /// <summary>The column name is empty or cannot be one.</summary>
    public const string InvalidColumnName = "PosTenancy.InvalidColumnName";

    /// <summary>The tables that all tenants share cannot be those: one does not exist, or is excluded as well.</summary>
    public const string InvalidReferenceTable = "PosTenancy.InvalidReferenceTable";

    /// <summary>The tenant of a table's rows cannot be that: there is no such table, or the database has no such tenant.</summary>
    public const string InvalidTenantFor = "PosTenancy.InvalidTenantFor";

    /// <summary>The prefix would give a read view the name of a table or view, or the guard has no read views.</summary>
    public const string InvalidReadViewPrefix = "PosTenancy.InvalidReadViewPrefix";

    /// <summary>The plan has a table that cannot be migrated.</summary>
    public const string PlanBlocked = "PosTenancy.PlanBlocked";

    /// <summary>The database has no table to migrate.</summary>
    public const string NothingToMigrate = "PosTenancy.NothingToMigrate";

    /// <summary>The table for the history does not exist, or cannot hold PosTenancy's row.</summary>
    public const string HistoryTableUnusable = "PosTenancy.HistoryTableUnusable";

    /// <summary>The rehearsal on a copy failed; the live file was not touched.</summary>
    public const string RehearsalFailed = "PosTenancy.RehearsalFailed";

    /// <summary>The migration would not be what was rehearsed.</summary>
    public const string RehearsalDeviation = "PosTenancy.RehearsalDeviation";

    /// <summary>A check failed before COMMIT; the transaction was rolled back.</summary>
    public const string MigrationRolledBack = "PosTenancy.MigrationRolledBack";

    /// <summary>A check failed on the committed file; the backup was restored.</summary>
    public const string MigrationRestored = "PosTenancy.MigrationRestored";

    /// <summary>The database could not be restored automatically; the backup must be restored by hand.</summary>
    public const string RollbackFailed = "PosTenancy.RollbackFailed";

    /// <summary>The file written back is not what the backup holds.</summary>
    public const string RestoreFailed = "PosTenancy.RestoreFailed";

    /// <summary>A migration was interrupted after its COMMIT, and cannot be completed or rolled back automatically.</summary>
    public const string UpgradeInterrupted = "PosTenancy.UpgradeInterrupted";

    /// <summary>The file beside the database is not a journal of PosTenancy, or was written by a newer release.</summary>
    public const string JournalInvalid = "PosTenancy.JournalInvalid";

    /// <summary>There is no such script.</summary>
    public const string ScriptNotFound = "PosTenancy.ScriptNotFound";

    /// <summary>The script cannot be read, has no statement, or has one that does not end.</summary>
    public const string ScriptInvalid = "PosTenancy.ScriptInvalid";

    /// <summary>A line of the script would leave the guard: its transaction, its file, or its settings.</summary>
    public const string ScriptNotAllowed = "PosTenancy.ScriptNotAllowed";

    /// <summary>No table of the database has the tenant column.</summary>
    public const string NotMigrated = "PosTenancy.NotMigrated";

    /// <summary>A script and a unique scope were given together.</summary>
    public const string ScriptAndUniqueScope = "PosTenancy.ScriptAndUniqueScope";

    /// <summary>A script and an index strategy were given together.</summary>
    public const string ScriptAndIndexStrategy = "PosTenancy.ScriptAndIndexStrategy";

    /// <summary>A line of a file of queries is no query, or one that cannot be run on both databases.</summary>
    public const string QueryNotAllowed = "PosTenancy.QueryNotAllowed";

    /// <summary>The database has rows of several tenants, or none of the one that was named.</summary>
    public const string TenantNotFound = "PosTenancy.TenantNotFound";

    /// <summary>The source of the application has no SQL statement, so that nothing was tested.</summary>
    public const string StatementsNotFound = "PosTenancy.StatementsNotFound";

    /// <summary>Statements of the application have findings that the baseline does not have.</summary>
    public const string StatementsNotIsolated = "PosTenancy.StatementsNotIsolated";

    /// <summary>The baseline does not exist, cannot be written, or was not named.</summary>
    public const string InvalidBaselinePath = "PosTenancy.InvalidBaselinePath";

    /// <summary>The file is no baseline: no JSON, of something else, or an entry that cannot be one.</summary>
    public const string BaselineInvalid = "PosTenancy.BaselineInvalid";

    /// <summary>The report's path has an ending that is not .md, .html or .json, or its folder is not there.</summary>
    public const string InvalidReportPath = "PosTenancy.InvalidReportPath";

    /// <summary>The file is no report that can be read: no JSON, of something else, or not what the schema says.</summary>
    public const string ReportInvalid = "PosTenancy.ReportInvalid";

    /// <summary>The report was written by a newer release.</summary>
    public const string ReportTooNew = "PosTenancy.ReportTooNew";

    /// <summary>The time target is zero, negative, or longer than a day.</summary>
    public const string InvalidTarget = "PosTenancy.InvalidTarget";

    /// <summary>The destination is no connection string that can be read, and no service of that name exists.</summary>
    public const string InvalidDestination = "PosTenancy.InvalidDestination";

    /// <summary>The PostgreSQL server cannot be reached, or did not accept the user.</summary>
    public const string TargetUnavailable = "PosTenancy.TargetUnavailable";

    /// <summary>The server lacks what the copy needs: its version, its encoding, an extension, a right.</summary>
    public const string TargetUnsuitable = "PosTenancy.TargetUnsuitable";

    /// <summary>PostgreSQL reported an error; everything was rolled back.</summary>
    public const string TargetError = "PosTenancy.TargetError";

    /// <summary>Rows at the target were changed since the last copy, and would be overwritten.</summary>
    public const string TargetChanged = "PosTenancy.TargetChanged";

    /// <summary>A value, name or key cannot be had in PostgreSQL as it is.</summary>
    public const string CopyRefused = "PosTenancy.CopyRefused";

    /// <summary>The target has the rows of a tenant, and not the schema of its store.</summary>
    public const string StoreNotRecorded = "PosTenancy.StoreNotRecorded";

    /// <summary>The rows in PostgreSQL were not those of the database; everything was rolled back.</summary>
    public const string CopyNotProved = "PosTenancy.CopyNotProved";

    /// <summary>The connection was lost during COMMIT, so that it is not known whether the copy is there.</summary>
    public const string CopyOutcomeUnknown = "PosTenancy.CopyOutcomeUnknown";

    /// <summary>An unforeseen failure: a defect of this program, or of the system below it.</summary>
    public const string Unexpected = "PosTenancy.Unexpected";

    /// <summary>SQLite reported an error that none of the other ids describes.</summary>
    public const string SqliteError = "PosTenancy.SqliteError";
}
