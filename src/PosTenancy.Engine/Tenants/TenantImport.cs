using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Tenants;

/// <summary>A store, an exported tenant, or one tenant of another database, to be brought in.</summary>
/// <param name="Path">Path of its file.</param>
/// <param name="TenantId">The tenant that its rows will belong to.</param>
/// <exception cref="PosTenancyException">The tenant id cannot be stored.</exception>
public sealed record TenantSource(string Path, string TenantId)
{
    /// <summary>The tenant that its rows will belong to.</summary>
    public string TenantId { get; } = TenantIdRules.Require(TenantId);

    /// <summary>
    /// The tenant that the rows have in the source; <see langword="null"/> for the only one there, or the one of the same name.
    /// </summary>
    public string? SourceTenantId { get; init; }

    /// <summary>What the schema does not tell of its keys; <see langword="null"/> for nothing.</summary>
    public KeyDeclarations? Keys { get; init; }

    /// <summary>The source and the tenant.</summary>
    public override string ToString() => $"{Path}: {TenantId}";
}

/// <summary>How sources are brought in.</summary>
public sealed record TenantImportOptions
{
    /// <summary>The tenant column.</summary>
    public string ColumnName { get; init; } = MigrationOptions.DefaultColumnName;

    /// <summary>Names or patterns of tables that all tenants share, beside those that the history of the database names.</summary>
    public IReadOnlyList<string> ReferenceTable { get; init => field = ResultList.From(value); } = ResultList.From<string>([]);

    /// <summary>What to do with rows of shared tables that differ.</summary>
    public SharedRowsAction SharedRows { get; init; }

    /// <summary>An existing folder for the backup and the rehearsal; <see langword="null"/> for the folder of the database.</summary>
    public string? Destination { get; init; }

    /// <summary>Whether to go without the rehearsal on a copy.</summary>
    public bool SkipRehearsal { get; init; }

    /// <summary>How long to wait for others to close the database, and to end writing to a source.</summary>
    public TimeSpan? LockTimeout { get; init; }
}

/// <summary>
/// Brings tenants into a database: one backup, one rehearsal and one transaction for all sources, and a proof for each that its rows are
/// there, value by value, and that those of all other tenants stayed as they were.
/// </summary>
public static class TenantImport
{
    /// <summary>Imports sources, in their order. What becomes of each is in its result, whatever happens.</summary>
    /// <param name="path">The live database.</param>
    /// <param name="sources">The sources.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Receives progress reports.</param>
    /// <param name="cancellation">Cancels the run; what was begun is undone.</param>
    /// <exception cref="PosTenancyException">Two sources are the same file or for the same tenant: nothing was done.</exception>
    public static IReadOnlyList<TenantImportResult> Run(
        string path,
        IReadOnlyList<TenantSource> sources,
        TenantImportOptions options,
        IProgress<StageProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        string live = FilePath.Full(path);
        RequireDistinct(sources);
        using ImportChange change = new(live, sources, options);
        ChangeOptions guard = new(options.Destination, options.SkipRehearsal, options.LockTimeout)
        {
            ReferenceTable = options.ReferenceTable,
        };
        ChangeOutcome outcome = new GuardedChange(live, change, guard, progress, cancellation).Run();
        return change.Results(outcome);
    }

    /// <summary>Says what an import would do, and changes nothing.</summary>
    /// <param name="path">The live database.</param>
    /// <param name="sources">The sources.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>
    /// One result per source, with its rows table by table; the status is <see cref="TenantChangeStatus.Succeeded"/> where an import could
    /// begin. Keys are compared with what the database has now, not with what the sources before bring.
    /// </returns>
    /// <exception cref="PosTenancyException">The database cannot be imported into, or two sources are the same.</exception>
    public static IReadOnlyList<TenantImportResult> Preview(
        string path, IReadOnlyList<TenantSource> sources, TenantImportOptions options, CancellationToken cancellation = default)
    {
        RequireDistinct(sources);
        DatabaseFile file = DatabaseFile.InspectUnused(path, options.LockTimeout ?? TimeSpan.Zero, progress: null, cancellation);
        using ImportChange change = new(file.Path, sources, options);
        return DatabaseReader.Read(
            file.Path,
            reader =>
            {
                change.Preview(reader, cancellation);
                _ = BackupDestination.Require(file, options.Destination);
                return change.Results(new ChangeOutcome(TenantChangeStatus.Succeeded));
            },
            cancellation);
    }

    private static void RequireDistinct(IReadOnlyList<TenantSource> sources)
    {
        foreach (IGrouping<string, TenantSource> same in sources.GroupBy(s => s.TenantId, StringComparer.Ordinal).Where(g => g.Count() > 1))
        {
            throw Errors.SourceInvalid(
                same.Last().Path, $"is for tenant '{same.Key}', and so is '{same.First().Path}'", "Give each source a tenant of its own.");
        }

        foreach (
            IGrouping<string, TenantSource> same in sources
                .GroupBy(s => $"{FilePath.Full(s.Path)}\n{s.SourceTenantId}", PathComparison.Comparer)
                .Where(g => g.Count() > 1))
        {
            throw Errors.SourceInvalid(
                same.First().Path,
                $"is named for two tenants, '{same.First().TenantId}' and '{same.Last().TenantId}'",
                "Name each source once.");
        }
    }
}
