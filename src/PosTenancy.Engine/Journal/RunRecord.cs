namespace PosTenancy.Engine.Journal;

/// <summary>A run that a journal tells of, as far as it came.</summary>
/// <param name="Command">What it was: <c>upgrade</c>, <c>migration</c>, <c>backup</c>, <c>restore</c>, <c>isolation test</c>,
/// <c>test of an upgrade</c>, <c>test of a backup</c>, <c>import</c>, <c>export</c>, <c>rename</c>, <c>tenant restore</c>,
/// <c>removal</c> or <c>completion</c>.</param>
/// <param name="Token">A random word that is in the name of each of its temporary files, and in no other.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="Destination">The folder of its backup; <see langword="null"/> if it makes none.</param>
/// <param name="Options">What the migration was to do; <see langword="null"/> if it was none.</param>
internal sealed record RunRecord(string Command, string Token, DateTimeOffset StartedAt, string? Destination, RecordedOptions? Options)
{
    /// <summary>Whether it was to change rows of tenants, as an import does.</summary>
    public bool ChangesRows { get; init; }

    /// <summary>Files that belong to what it commits: if it did not commit, they are of no use.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Whether it was to write to the live file, in a transaction that a backup precedes.</summary>
    public bool Writes => Options is not null || ChangesRows;

    /// <summary>The last stage that it began.</summary>
    public Stage Stage { get; init; }

    /// <summary>Its backup; <see langword="null"/> if it had not come to one.</summary>
    public string? BackupPath { get; init; }

    /// <summary>SHA-256 of that backup.</summary>
    public string? Sha256 { get; init; }

    /// <summary>The name that a restore gives to the file it replaces.</summary>
    public string? KeptPath { get; init; }

    /// <summary>Whether it came to its end, whatever that was.</summary>
    public bool HasEnded { get; init; }

    /// <summary>Whether it was cancelled, and the database was found to be its backup afterwards.</summary>
    public bool IsCancelled { get; init; }

    /// <summary>Whether the live file may have been changed and was not inspected yet.</summary>
    public bool MayHaveCommitted => Writes && Stage >= Stage.Migration && !IsCancelled;

    /// <summary>Whether the next upgrade has something to do with it: to find out what it committed, or to go on with its backup.</summary>
    public bool IsOpen => MayHaveCommitted || IsCancelled;

    /// <summary>The run when it has come further; what is not named stays.</summary>
    public RunRecord At(Stage? stage, string? backupPath, string? sha256, string? keptPath) => this with
    {
        Stage = stage ?? Stage,
        BackupPath = backupPath ?? BackupPath,
        Sha256 = sha256 ?? Sha256,
        KeptPath = keptPath ?? KeptPath,
    };

    /// <summary>What happened, for people.</summary>
    public string Text =>
        $"{("aeiou".IndexOf(Command[0]) < 0 ? "A" : "An")} {Command}{(Options is null ? "" : $" for tenant '{Options.TenantId}'")} that " +
        $"began on {StartedAt.ToString("yyyy-MM-dd HH:mm:ss zzz", System.Globalization.CultureInfo.InvariantCulture)} was " +
        $"{(IsCancelled ? "cancelled" : "interrupted")} in the stage {Stage}";
}

/// <summary>What a migration was to do, so that one that was interrupted after COMMIT is finished by the same and by no other.</summary>
internal sealed record RecordedOptions(
    string TenantId,
    string ColumnName,
    string UniqueScope,
    string IndexStrategy,
    string ExcludeTable,
    string? HistoryTable,
    string? ScriptSha256)
{
    /// <summary>Shared tables; <see langword="null"/> for none, as in a journal of an earlier release.</summary>
    public string? ReferenceTable { get; init; }

    /// <summary>Tenants of tables; <see langword="null"/> for none.</summary>
    public string? TenantFor { get; init; }

    public static RecordedOptions From(MigrationOptions options) => new(
        options.TenantId,
        options.ColumnName,
        options.UniqueScope.ToString(),
        options.IndexStrategy.ToString(),
        string.Join("\n", options.ExcludeTable),
        options.HistoryTable,
        options.Script?.Sha256)
    {
        ReferenceTable = Lines(options.ReferenceTable),
        TenantFor = Lines(options.TenantFor),
    };

    private static string? Lines<T>(IReadOnlyList<T> items) => items.Count == 0 ? null : string.Join("\n", items);
}
