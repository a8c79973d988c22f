using System.Diagnostics;
using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Tenants;
using PosTenancy.Postgres.Server;

namespace PosTenancy.Postgres;

/// <summary>Gives a tenant that was copied to PostgreSQL back as a SQLite database, with its rows as they are there now.</summary>
public static class TargetExport
{
    /// <summary>Exports a tenant; whole and verified, or not at all. PostgreSQL is only read, in one state.</summary>
    /// <param name="options">What to export.</param>
    /// <param name="progress">Receives progress reports.</param>
    /// <param name="cancellation">Cancels the export; what was begun is removed.</param>
    /// <exception cref="PosTenancyException">
    /// PostgreSQL cannot be read or does not have the tenant, its tables are not those of the store any more, SQLite cannot hold a value,
    /// or the export cannot be written.
    /// </exception>
    public static TenantExportResult Create(
        TargetExportOptions options, IProgress<StageProgress>? progress = null, CancellationToken cancellation = default)
    {
        Stopwatch watch = Stopwatch.StartNew();
        return Open(
            options,
            store =>
            {
                string live = Path.Combine(store.Folder, store.Record.FileName);
                using RunJournal journal = CopyJournals.Export.Begin(live, store.Folder, progress);
                return journal.Keep(() => Write(store, live, options, journal, progress, cancellation)) with { Duration = watch.Elapsed };
            },
            cancellation);
    }

    /// <summary>Says what an export would hold, and writes nothing.</summary>
    /// <param name="options">What to export.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>The folder that it would be in, and the tenant's rows table by table.</returns>
    /// <exception cref="PosTenancyException">It would be refused.</exception>
    public static (string Folder, IReadOnlyList<TenantTable> Tables) Preview(
        TargetExportOptions options, CancellationToken cancellation = default) =>
        Open(options, store => (store.Folder, store.Count()), cancellation);

    private static T Open<T>(TargetExportOptions options, Func<TargetStore, T> work, CancellationToken cancellation)
    {
        string folder = BackupDestination.Require(options.Destination);
        Destination source = Destination.Parse(folder, options.Source, options.Credential);
        try
        {
            return FileErrors.Guard(folder, () => TenantCopy.Translate(
                source.Name,
                source,
                () =>
                {
                    using TargetServer server = TargetServer.OpenSnapshot(source.Name, source, cancellation);
                    return work(TargetStore.Find(server, source, options, folder, cancellation));
                },
                cancellation));
        }
        catch (OperationCanceledException exception)
        {
            throw new CommandCancelledException(
                folder, $"The export from PostgreSQL at {source.Name} was cancelled, and no file was left behind.", exception);
        }
    }

    private static TenantExportResult Write(
        TargetStore store,
        string live,
        TargetExportOptions options,
        RunJournal journal,
        IProgress<StageProgress>? progress,
        CancellationToken cancellation)
    {
        DateTimeOffset createdAt = DateTimeOffset.Now;
        string exportPath = TenantExport.PathFor(live, store.Folder, options.TenantId, createdAt);
        string copy = Path.Combine(journal.CopyFolder, Path.GetFileName(live));
        DurableFile.CreatePrivateFolder(journal.CopyFolder);
        IReadOnlyList<string> warnings = new TargetStoreFile(store, copy, progress, cancellation).Write();

        // From here on it is the export of a tenant from a database.
        ExportTarget target = new(copy, DatabaseFile.Inspect(copy), exportPath, copy + ".export", createdAt)
        {
            Origin = store.Record.Source,
            Publishing = hash => journal.Enter(Stage.Export, exportPath, hash),
        };
        using DatabaseConnection reader = DatabaseConnection.OpenImmutable(copy, store.Source.Name, cancellation);
        TenantExportResult result = TenantExport.Write(
            reader,
            target,
            new TenantExportOptions(options.TenantId)
            {
                AsSingleTenant = options.AsSingleTenant,
                ColumnName = store.Record.ColumnName,
                ReferenceTable = store.Record.ReferenceTables,
                KeyMapPath = options.KeyMapPath ?? store.KeyMapPath,
            },
            progress,
            cancellation);
        return result with { Path = store.Source.Name, Warnings = [.. warnings, .. result.Warnings] };
    }
}
