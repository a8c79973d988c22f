namespace PosTenancy.Engine.Progress;

/// <summary>A part of a command.</summary>
/// <param name="Stage">The stage to which it belongs; each stage is one step of the command.</param>
/// <param name="Part">The kind of work.</param>
/// <param name="Share">
/// Expected duration relative to the other parts, before any measurement; 0 for a short part, or one whose duration is unknown beforehand.
/// </param>
public sealed record CommandPart(Stage Stage, StagePart Part, double Share);

/// <summary>
/// The parts of each command in order. The shares are approximate seconds for a file of 817 MB, and all of them grow with its bytes.
/// </summary>
public static class CommandParts
{
    private static readonly CommandPart[] MakeBackup =
    [
        new(Stage.Backup, StagePart.Schema, 0),
        new(Stage.Backup, StagePart.Copy, 1.5),
        new(Stage.Backup, StagePart.ReadBack, 0.1),
    ];

    /// <summary>The guarded upgrade: the six steps of README, or five without a rehearsal.</summary>
    /// <param name="rehearses">Whether the migration is rehearsed on a copy first.</param>
    public static IReadOnlyList<CommandPart> Upgrade(bool rehearses) =>
    [
        new(Stage.Plan, StagePart.Schema, 0),
        .. MakeBackup,
        .. rehearses
            ? [
                new(Stage.Rehearsal, StagePart.Copy, 1),
                .. Transaction(Stage.Rehearsal).Where(p => p.Part is not (StagePart.FileProof or StagePart.Checks)),
                FileChecks(Stage.Rehearsal),
            ]
            : (CommandPart[])[],
        new(Stage.Migration, StagePart.Schema, 0),
        .. Transaction(Stage.Migration).Where(p => !rehearses || p.Part != StagePart.Baseline),
        rehearses ? new(Stage.Verification, StagePart.FileProof, 0.5) : FileChecks(Stage.Verification),
        new(Stage.Report, StagePart.None, 0),
    ];

    /// <summary>A change of tenants: an import, or what becomes of a tenant later.</summary>
    /// <param name="rehearses">Whether it is rehearsed on a copy first.</param>
    public static IReadOnlyList<CommandPart> TenantChange(bool rehearses) =>
    [
        new(Stage.Plan, StagePart.Schema, 0),
        .. MakeBackup,
        .. rehearses
            ? [
                new(Stage.Rehearsal, StagePart.Copy, 1),
                new(Stage.Rehearsal, StagePart.Statements, 20),
                FileChecks(Stage.Rehearsal),
            ]
            : (CommandPart[])[],
        new(Stage.Migration, StagePart.Statements, 20),
        new(Stage.Migration, StagePart.Commit, 0.5),
        rehearses ? new(Stage.Verification, StagePart.FileProof, 0.5) : FileChecks(Stage.Verification),
    ];

    /// <summary>The test of an upgrade on a copy.</summary>
    public static IReadOnlyList<CommandPart> UpgradeTest =>
        [new(Stage.Plan, StagePart.Copy, 1), .. Upgrade(rehearses: true).Where(p => p.Stage != Stage.Report)];

    /// <summary>The migration alone.</summary>
    /// <param name="makesBackup">Whether no backup was given, so that one is made first.</param>
    public static IReadOnlyList<CommandPart> Migration(bool makesBackup) =>
    [
        .. makesBackup ? [new(Stage.Plan, StagePart.Schema, 0), .. MakeBackup] : (CommandPart[])[new(Stage.Migration, StagePart.Schema, 0)],
        .. Transaction(Stage.Migration),
        FileChecks(Stage.Verification),
    ];

    /// <summary>The plan, and every other command that only reads the schema.</summary>
    public static IReadOnlyList<CommandPart> Plan { get; } = [new(Stage.Plan, StagePart.Schema, 0)];

    /// <summary>A backup.</summary>
    public static IReadOnlyList<CommandPart> Backup => MakeBackup;

    /// <summary>A restore.</summary>
    public static IReadOnlyList<CommandPart> Restore { get; } =
    [
        new(Stage.Restore, StagePart.BackupProof, 0.7),
        new(Stage.Restore, StagePart.Baseline, 0.1),
        new(Stage.Restore, StagePart.Copy, 0.7),
        new(Stage.Restore, StagePart.ReadBack, 0.7),
        new(Stage.Restore, StagePart.FileProof, 0.7),
    ];

    /// <summary>The test of a backup.</summary>
    public static IReadOnlyList<CommandPart> BackupTest { get; } =
        [new(Stage.Restore, StagePart.Copy, 1), new(Stage.Restore, StagePart.FileChecks, 4)];

    /// <summary>The checks alone.</summary>
    /// <param name="hasBackup">Whether a backup is available for comparison.</param>
    public static IReadOnlyList<CommandPart> Checks(bool hasBackup) =>
    [
        .. hasBackup
            ? [new(Stage.Verification, StagePart.BackupProof, 0.7), new(Stage.Verification, StagePart.Baseline, 0.1)]
            : (CommandPart[])[],
        FileChecks(Stage.Verification),
    ];

    /// <summary>The rows of each tenant.</summary>
    public static IReadOnlyList<CommandPart> Distribution { get; } =
    [
        new(Stage.Measurement, StagePart.Schema, 0),
        new(Stage.Measurement, StagePart.Statements, 1),
    ];

    /// <summary>The comparison of a tenant.</summary>
    public static IReadOnlyList<CommandPart> Comparison { get; } =
    [
        new(Stage.Comparison, StagePart.BackupProof, 0.7),
        new(Stage.Comparison, StagePart.Statements, 10),
    ];

    /// <summary>The export of a tenant.</summary>
    public static IReadOnlyList<CommandPart> Export { get; } =
    [
        new(Stage.Export, StagePart.Schema, 0),
        new(Stage.Export, StagePart.Statements, 5),
        new(Stage.Export, StagePart.FileChecks, 5),
        new(Stage.Export, StagePart.FileProof, 0.7),
    ];

    /// <summary>The export of a tenant from PostgreSQL.</summary>
    public static IReadOnlyList<CommandPart> ExportFromTarget { get; } =
    [
        new(Stage.Transfer, StagePart.Copy, 8),
        new(Stage.Transfer, StagePart.Checks, 5),
        .. Export,
    ];

    /// <summary>The copy of tenants to PostgreSQL.</summary>
    public static IReadOnlyList<CommandPart> Transfer { get; } =
    [
        new(Stage.Plan, StagePart.Schema, 0),
        new(Stage.Plan, StagePart.Checks, 2),
        new(Stage.Transfer, StagePart.Copy, 8),
        new(Stage.Transfer, StagePart.Statements, 4),
        new(Stage.Transfer, StagePart.Checks, 3),
        new(Stage.Transfer, StagePart.Commit, 0.5),
    ];

    /// <summary>The tenants of a database, and the references between them.</summary>
    public static IReadOnlyList<CommandPart> Tenants { get; } =
    [
        new(Stage.Measurement, StagePart.Schema, 0),
        new(Stage.Measurement, StagePart.Statements, 2),
        new(Stage.Measurement, StagePart.Checks, 5),
    ];

    /// <summary>The test of isolation.</summary>
    public static IReadOnlyList<CommandPart> Isolation { get; } =
    [
        new(Stage.Isolation, StagePart.Copy, 2),
        new(Stage.Isolation, StagePart.Schema, 3),
        new(Stage.Isolation, StagePart.Statements, 100),
    ];

    /// <summary>The statements of an application.</summary>
    public static IReadOnlyList<CommandPart> Statements { get; } =
    [
        new(Stage.Statements, StagePart.None, 5),
        new(Stage.Statements, StagePart.Schema, 5),
        new(Stage.Statements, StagePart.Statements, 100),
    ];

    /// <summary>Measured queries.</summary>
    /// <param name="readsTogether">Whether many connections read concurrently at the end.</param>
    public static IReadOnlyList<CommandPart> Measurement(bool readsTogether) =>
    [
        new(Stage.Measurement, StagePart.BackupProof, 0.7),
        new(Stage.Measurement, StagePart.Schema, 1),
        new(Stage.Measurement, StagePart.Statements, 30),
        .. readsTogether ? [new(Stage.Measurement, StagePart.Readers, 10)] : (CommandPart[])[],
    ];

    private static CommandPart[] Transaction(Stage stage) =>
    [
        new(stage, StagePart.Baseline, 0.1),
        new(stage, StagePart.FileProof, 0.7),
        new(stage, StagePart.Statements, 1.5),
        new(stage, StagePart.Checks, 2),
        new(stage, StagePart.Commit, 0.5),
    ];

    private static CommandPart FileChecks(Stage stage) => new(stage, StagePart.FileChecks, 5);
}
