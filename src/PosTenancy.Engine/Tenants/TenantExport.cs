using System.Diagnostics;
using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Tenants;

/// <summary>What to export.</summary>
/// <param name="TenantId">The tenant.</param>
/// <exception cref="PosTenancyException">The tenant id is invalid.</exception>
public sealed record TenantExportOptions(string TenantId)
{
    /// <summary>The tenant.</summary>
    public string TenantId { get; } = TenantIdRules.Require(TenantId);

    /// <summary>An existing folder for the export; <see langword="null"/> for that of the database.</summary>
    public string? Destination { get; init; }

    /// <summary>Whether to export the store that the tenant was: without the tenant column, and with its original keys.</summary>
    public bool AsSingleTenant { get; init; }

    /// <summary>The tenant column.</summary>
    public string ColumnName { get; init; } = MigrationOptions.DefaultColumnName;

    /// <summary>Names or patterns of tables that all tenants share, beside those that the history of the database names.</summary>
    public IReadOnlyList<string> ReferenceTable { get; init => field = ResultList.From(value); } = ResultList.From<string>([]);

    /// <summary>Where the key map of the tenant's import is now; <see langword="null"/> for beside the database.</summary>
    public string? KeyMapPath { get; init; }

    /// <summary>The tenant.</summary>
    public override string ToString() => TenantId;
}

/// <summary>Writes one tenant to a SQLite file of its own, with a manifest. The database is only read, and may be in use.</summary>
public static class TenantExport
{
    private const int MaxName = 60;

    /// <summary>Exports a tenant; whole and verified, or not at all.</summary>
    /// <param name="path">The live database.</param>
    /// <param name="options">What to export.</param>
    /// <param name="progress">Receives progress reports.</param>
    /// <param name="cancellation">Cancels the export; what was begun is removed.</param>
    /// <exception cref="PosTenancyException">
    /// The database cannot be read or divided, the tenant does not exist, its key map is lost, or the export cannot be written.
    /// </exception>
    public static TenantExportResult Create(
        string path,
        TenantExportOptions options,
        IProgress<StageProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        DatabaseFile file = DatabaseFile.Inspect(path);
        string folder = BackupDestination.Require(file, options.Destination);
        return FileErrors.Guard(
            file.Path,
            () =>
            {
                using RunJournal journal = CopyJournals.Export.Begin(file.Path, folder, progress);
                return journal.Keep(() => Create(file, folder, options, journal, progress, cancellation));
            });
    }

    /// <summary>Says what an export would hold, and writes nothing.</summary>
    /// <param name="path">The live database.</param>
    /// <param name="options">What to export.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>The folder that it would be in, and the tenant's rows table by table.</returns>
    /// <exception cref="PosTenancyException">It would be refused.</exception>
    public static (string Folder, IReadOnlyList<TenantTable> Tables) Preview(
        string path, TenantExportOptions options, CancellationToken cancellation = default)
    {
        DatabaseFile file = DatabaseFile.Inspect(path);
        string folder = BackupDestination.Require(file, options.Destination);
        return DatabaseReader.Read(
            file.Path,
            reader =>
            {
                ExportedSlice slice = ExportedSlice.Read(reader, options);
                BackupDestination.RequireSpace(file.Path, folder, slice.EstimateLength(SpaceNeeds.ForCopy(file)));
                return (folder, slice.Rows);
            },
            cancellation);
    }

    /// <summary>The name that an export will have.</summary>
    /// <param name="live">Full path of the database.</param>
    /// <param name="folder">The folder of the export.</param>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="createdAt">When the export is begun.</param>
    internal static string PathFor(string live, string folder, string tenantId, DateTimeOffset createdAt)
    {
        string name = $"{Path.GetFileName(live)}.{SafeName(tenantId)}.export-{FileStamp.Format(createdAt)}";
        return FreeName.Find(Path.Combine(folder, name), "-", p => File.Exists(p) || File.Exists(BackupManifest.PathFor(p)));
    }

    /// <summary>Writes an export from an open database; whole and verified, or not at all.</summary>
    /// <param name="reader">The database, or its backup.</param>
    /// <param name="target">What to write.</param>
    /// <param name="options">What to export.</param>
    /// <param name="progress">Receives progress reports.</param>
    /// <param name="cancellation">Cancels the export.</param>
    /// <exception cref="PosTenancyException">The tenant cannot be exported, or the export cannot be written.</exception>
    internal static TenantExportResult Write(
        DatabaseConnection reader,
        ExportTarget target,
        TenantExportOptions options,
        IProgress<StageProgress>? progress,
        CancellationToken cancellation)
    {
        Stopwatch watch = Stopwatch.StartNew();

        // In a folder that only this account can read: SQLite creates files beside the one that it writes.
        string copy = Path.Combine(target.PrivateFolder, Path.GetFileName(target.Live));
        DurableFile.CreatePrivateFolder(target.PrivateFolder);
        DurableFile.CreateAs(target.Live, copy, length: 0).Dispose();
        new FileInfo(copy).IsReadOnly = false;
        ExportedSlice slice = ExportedSlice.Read(reader, options);
        BackupDestination.RequireSpace(
            target.Live, Path.GetDirectoryName(target.ExportPath)!, slice.EstimateLength(SpaceNeeds.ForCopy(target.Source)));
        ExportedFile export = new(slice, copy, progress, cancellation);
        export.Write(target.Source);
        IReadOnlyList<ExportedTable> tables = export.Verify();
        (string hash, long length) = export.Hash();
        ExportManifest manifest = new(
            ExportManifest.FormatName,
            ExportManifest.CurrentVersion,
            target.Origin ?? target.Live,
            Path.GetFileName(target.ExportPath),
            options.TenantId,
            options.ColumnName,
            options.AsSingleTenant,
            options.AsSingleTenant ? ExportManifest.OriginalKeys : ExportManifest.CurrentKeys,
            hash,
            length,
            slice.Schema.Layout.Schema.PageSize,
            [.. slice.Rules.SelectMany(r => r.Value.New.All(r.Key.Name))],
            tables,
            target.CreatedAt,
            ProductVersion.Name);
        string partialManifest = BackupManifest.PathFor(copy);
        string manifestPath = BackupManifest.PathFor(target.ExportPath);
        DurableFile.WriteNew(partialManifest, manifest.ToBytes());
        DurableFile.CopyPermissions(target.Live, partialManifest);
        cancellation.ThrowIfCancellationRequested();

        // The manifest first: an export under its final name always has one.
        target.Publishing(hash);
        DurableFile.Publish(partialManifest, manifestPath);
        DurableFile.Publish(copy, target.ExportPath);
        return new TenantExportResult(
            target.Live,
            options.TenantId,
            target.ExportPath,
            manifestPath,
            hash,
            length,
            tables.Count(t => t.Rows > 0),
            tables.Sum(t => t.Rows))
        {
            AsSingleTenant = options.AsSingleTenant,
            RowsShared = export.RowsShared,
            NewKeys = [.. slice.Rules.SelectMany(r => r.Value.New.All(r.Key.Name)
                .Select(k => new ExportedKey(r.Key.Keys[0].Table.Name, k.Key, k.DatabaseKey)))],
            Warnings = slice.Warnings,
            CreatedAt = target.CreatedAt,
            Duration = watch.Elapsed,
        };
    }

    private static TenantExportResult Create(
        DatabaseFile file,
        string folder,
        TenantExportOptions options,
        RunJournal journal,
        IProgress<StageProgress>? progress,
        CancellationToken cancellation)
    {
        DateTimeOffset createdAt = DateTimeOffset.Now;
        string exportPath = PathFor(file.Path, folder, options.TenantId, createdAt);
        ExportTarget target = new(file.Path, file, exportPath, journal.CopyFolder, createdAt)
        {
            Publishing = hash => journal.Enter(Stage.Export, exportPath, hash),
        };
        return DatabaseReader.Read(
            file.Path,
            reader =>
            {
                progress?.Report(new StageProgress(Stage.Export, "Reading the schema", file.Path, 0, 0) { Part = StagePart.Schema });
                return Write(reader, target, options, progress, cancellation);
            },
            cancellation);
    }

    /// <summary>A tenant id as a part of a file name on every system.</summary>
    private static string SafeName(string tenantId)
    {
        string safe = new([.. tenantId.Select(c => char.IsLetterOrDigit(c) || c is '-' or '_' ? c : '_')]);
        return safe.Length <= MaxName ? safe : safe.Remove(MaxName);
    }
}

/// <summary>Where an export goes.</summary>
/// <param name="Live">Full path of the live database, which the manifest names.</param>
/// <param name="Source">The file that is read: the database, or its backup.</param>
/// <param name="ExportPath">Full path of the export.</param>
/// <param name="PrivateFolder">Path of a folder that does not exist yet, on the same disk.</param>
/// <param name="CreatedAt">When the export was begun.</param>
internal sealed record ExportTarget(
    string Live, DatabaseFile Source, string ExportPath, string PrivateFolder, DateTimeOffset CreatedAt)
{
    /// <summary>The database that the manifest names, if the one that is read is a copy of its rows.</summary>
    public string? Origin { get; init; }

    /// <summary>Receives the SHA-256 just before the files get their names.</summary>
    public Action<string> Publishing { get; init; } = static _ => { };
}
