namespace PosTenancy;

/// <summary>The stages of a guarded upgrade, in the order in which they run.</summary>
public enum Stage
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
}

/// <summary>What the engine is doing now. Reported on the thread that called the engine.</summary>
/// <param name="Stage">The stage that is running.</param>
/// <param name="Activity">What it does, as a person would say it.</param>
/// <param name="Item">The table, check or file at hand; <see langword="null"/> where there is none.</param>
/// <param name="Completed">How much is done, in the unit of <paramref name="Total"/> (bytes, statements or checks).</param>
/// <param name="Total">How much there is to do; 0 where it is not known.</param>
public sealed record StageProgress(Stage Stage, string Activity, string? Item, long Completed, long Total)
{
    /// <summary>What the stage measured (a plan, a BackupResult, a MigrationResult …), set on its last report only.</summary>
    public object? Result { get; init; }

    /// <summary>What a person should know though it stops nothing, such as what an interrupted run had left; <see langword="null"/> if there is nothing.</summary>
    public string? Notice { get; init; }
}
