using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Pages;
using PosTenancy.Engine.Recovery;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Migration;

/// <summary>
/// Determines the state of a database whose upgrade was interrupted: from the file itself, since the journal only names what to look for.
/// </summary>
/// <param name="database">The database under its lock; SQLite has already rolled back an uncommitted transaction.</param>
/// <param name="interrupted">What was interrupted.</param>
/// <param name="options">What is to be done now.</param>
/// <param name="run">The run that found it.</param>
internal sealed class UpgradeRecovery(ExclusiveDatabase database, RunRecord interrupted, MigrationOptions options, RunContext run)
{
    private RecordedBackup? _backup;

    /// <summary>The backup of the interrupted run, verified again; <see langword="null"/> if it is missing or changed.</summary>
    public BackupResult? Backup { get; private set; }

    /// <summary>Whether the database still is that backup, byte for byte.</summary>
    public bool IsUnchanged { get; private set; }

    /// <summary>Whether the migration was committed and not verified.</summary>
    public bool IsCommitted { get; private set; }

    /// <summary>What is done about it, if it was not committed.</summary>
    public RecoveryAction Action => IsUnchanged ? RecoveryAction.Resumed
        : interrupted.MayHaveCommitted && _backup is null ? RecoveryAction.NotCompared
        : RecoveryAction.StartedOver;

    /// <summary>The backup, if it is in the folder where one is wanted.</summary>
    public BackupResult? BackupIn(string folder) =>
        string.Equals(Path.GetDirectoryName(Backup?.BackupPath), folder, PathComparison.Kind) ? Backup : null;

    /// <summary>Inspects the database and the backup.</summary>
    /// <returns>What was found.</returns>
    public UpgradeRecovery Inspect()
    {
        database.Checkpoint();
        _backup = OpenBackup();
        if (_backup is null)
        {
            return this;
        }

        BackupManifest manifest = _backup.Manifest;
        Backup = _backup.ToResult(database.File.Path);
        StageProgress comparing = new(Stage.Plan, "Comparing the database with its backup", database.File.Path, 0, 0);
        IsUnchanged = manifest.Sha256 == database.Hash(comparing, run.Progress, run.Cancellation);
        if (!IsUnchanged && interrupted.MayHaveCommitted)
        {
            // A transaction is applied entirely or not at all, so the schema is enough. Different rows alone are later sales.
            using DatabaseConnection old = DatabaseConnection.OpenImmutable(_backup.Path, run.Cancellation);
            IsCommitted = !Objects(old).SequenceEqual(Objects(database.Connection));
        }

        return this;

        static IEnumerable<(string, string, string?)> Objects(DatabaseConnection connection) =>
            SchemaReader.Read(connection).Objects.Select(o => (o.Type, o.Name, o.Sql));
    }

    /// <summary>
    /// Finishes the interrupted run: verifies the committed migration, and rolls it back if a check fails. If another program may have
    /// written since, the file stays and an error reports it.
    /// </summary>
    /// <exception cref="PosTenancyException">It cannot be finished automatically.</exception>
    public MigrationResult Finish(MigrationPlan now)
    {
        RecordedBackup backup = _backup!;
        if (interrupted.Options != RecordedOptions.From(options) || now.HasChanges)
        {
            throw Errors.UpgradeInterrupted(
                database.File.Path,
                interrupted.Text,
                "Only Invoke-PosTenantUpgrade with the original tenant and options can complete it.",
                backup.Path);
        }

        run.Journal!.Enter(Stage.Verification, backup.Path, backup.Manifest.Sha256);
        using DatabaseConnection old = DatabaseConnection.OpenImmutable(backup.Path, run.Cancellation);
        (DatabaseSchema schema, MigrationPlan plan) = TenantPlan.Make(old, options, run.Cancellation);
        run.Progress?.Report(new StageProgress(Stage.Verification, Baseline.Activity, database.File.Path, 0, 0));
        Baseline baseline = Baseline.Read(backup.Path, old, schema, options.ColumnName);
        MigrationMeasurement before = new(database.File.Path, schema, plan, backup.Path, backup.Manifest.Length, interrupted.StartedAt);
        RunContext migration = run with { Path = before.Path, Stage = Stage.Migration };
        CommittedMigration committed = new(
            database, backup, baseline, before, migration, new BackupRollback(database, backup, migration))
        {
            Refusal = IsUntouched(backup)
                ? null
                : problem =>
                    Errors.UpgradeInterrupted(
                        database.File.Path,
                        interrupted.Text,
                        $"It may have been written to since, so it is not rolled back automatically. {problem}",
                        backup.Path),
        };
        return committed.Verify(new TransactionOutcome([], TimeSpan.Zero, Problem: null));
    }

    private RecordedBackup? OpenBackup()
    {
        if (interrupted.BackupPath is null || !File.Exists(interrupted.BackupPath))
        {
            return null;
        }

        try
        {
            return RecordedBackup.Open(interrupted.BackupPath, database.File.Path, Stage.Plan, run.Progress, run.Cancellation);
        }
        catch (PosTenancyException)
        {
            // It was changed or moved since, so it no longer proves anything.
            return null;
        }
    }

    /// <summary>
    /// Whether the file had exactly one transaction since the backup, which is the migration. A write-ahead log does not count them.
    /// </summary>
    private bool IsUntouched(RecordedBackup backup)
    {
        using FileStream bytes = FileBlocks.Open(backup.Path);
        DatabaseHeader before = DatabaseFile.Read(backup.Path, bytes).Header;
        DatabaseHeader now = database.File.Header;
        return !before.IsWal && !now.IsWal && now.ChangeCounter == before.ChangeCounter + 1;
    }
}
