namespace PosTenancy;

/// <summary>The stages of a guarded upgrade, in the order in which they run.</summary>
public enum Stage : long
{
    /// <summary>Reading the schema and deciding what to do. Writes nothing.</summary>
    Plan,

    /// <summary>Copying the file under a lock and hashing both.</summary>
    Backup,

    /// <summary>The same migration on a copy of the backup.</summary>
    Rehearsal,

    /// <summary>The transaction on the live file, with the checks before COMMIT.</summary>
    Migration,

    /// <summary>The checks on the committed file, from a new connection.</summary>
    Verification,

    /// <summary>Putting a backup in the place of the database.</summary>
    Restore,

    /// <summary>Trying on a copy whether one tenant sees or touches rows of another.</summary>
    Isolation,

    /// <summary>Running queries on the backup and on the migrated database.</summary>
    Measurement,

    /// <summary>Putting together what was measured, and writing it down.</summary>
    Report,

    /// <summary>Comparing the rows of a tenant with those of another file.</summary>
    Comparison,

    /// <summary>Writing the rows of a tenant to a file of their own.</summary>
    Export,

    /// <summary>Trying the statements of an application on rows of two tenants.</summary>
    Statements,

    /// <summary>Bringing the rows of tenants to another database system, and proving them there.</summary>
    Transfer,
}

/// <summary>
/// The part of a stage that is measured separately: it runs from 0 to a total of its own, and takes about as long when it runs a second
/// time.
/// </summary>
public enum StagePart
{
    /// <summary>Nothing that is measured separately.</summary>
    None,

    /// <summary>Locking the database, reading its schema and counting rows.</summary>
    Schema,

    /// <summary>Copying the file.</summary>
    Copy,

    /// <summary>Reading a copy back.</summary>
    ReadBack,

    /// <summary>Hashing the backup, to compare it with its manifest.</summary>
    BackupProof,

    /// <summary>Measuring what the checks compare with.</summary>
    Baseline,

    /// <summary>Hashing the database, to compare it with its backup.</summary>
    FileProof,

    /// <summary>The statements of a plan, of a script or of a test, or the queries to measure.</summary>
    Statements,

    /// <summary>The checks before COMMIT.</summary>
    Checks,

    /// <summary>COMMIT, and folding the write-ahead log into the file.</summary>
    Commit,

    /// <summary>The checks on the file.</summary>
    FileChecks,

    /// <summary>Reading with many connections at the same time.</summary>
    Readers,
}

/// <summary>What the engine is doing now. Reported on the thread that called the engine.</summary>
/// <param name="Stage">The stage that is running.</param>
/// <param name="Activity">What it does, as a person would say it.</param>
/// <param name="Item">The table, check or file at hand; <see langword="null"/> where there is none.</param>
/// <param name="Completed">How much is done, in the unit of <paramref name="Total"/> (bytes, statements, rows or shares of the
/// work).</param>
/// <param name="Total">How much there is to do; 0 where it is not known.</param>
public sealed record StageProgress(Stage Stage, string Activity, string? Item, long Completed, long Total)
{
    /// <summary>The part of the stage that <see cref="Completed"/> and <see cref="Total"/> are about.</summary>
    public StagePart Part { get; init; }

    /// <summary>What <see cref="Completed"/> will be once the work at hand is done; <see langword="null"/> for one more.</summary>
    public long? Next { get; init; }

    /// <summary>What the stage measured (a plan, a BackupResult, a MigrationResult …), set on its last report only.</summary>
    public object? Result { get; init; }

    /// <summary>
    /// What a person should know though it stops nothing, such as what an interrupted run had left; <see langword="null"/> if there is
    /// nothing.
    /// </summary>
    public string? Notice { get; init; }
}
