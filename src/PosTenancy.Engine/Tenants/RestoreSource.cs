using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.History;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Tenants;

/// <summary>The backup or the export that a tenant's rows come from, verified against its manifest.</summary>
internal sealed class RestoreSource : IDisposable
{
    private readonly DatabaseConnection _connection;
    private readonly DateTime _unchangedSince;
    private readonly ExportManifest? _export;
    private StagedSlice? _mapped;

    private RestoreSource(
        DatabaseConnection connection, DateTime unchangedSince, ExportManifest? export, DateTimeOffset createdAt, long rows)
    {
        _connection = connection;
        _unchangedSince = unchangedSince;
        _export = export;
        CreatedAt = createdAt;
        AllRows = rows;
    }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; }

    /// <summary>Number of rows of all tenants in it.</summary>
    public long AllRows { get; }

    /// <summary>The rows as the file has them.</summary>
    public TenantSlice Stored { get; private set; } = null!;

    /// <summary>The rows with the keys of the database.</summary>
    public TenantSlice Rows => _mapped?.Rows ?? Stored;

    /// <summary>Whether the rowids of its rows are those that they had in the database.</summary>
    public bool HasRowIds { get; private set; }

    /// <summary>Whether it may have rows of other tenants.</summary>
    public bool HasOthers => _export is null;

    /// <summary>The application's entry for the tenant; <see langword="null"/> if it has none.</summary>
    public TenantRegistry? Registry { get; private set; }

    /// <summary>Opens a backup of the database, or an export of the tenant.</summary>
    /// <param name="path">Full path of the file.</param>
    /// <param name="live">Full path of the database.</param>
    /// <param name="tenantId">The tenant's name in the file.</param>
    /// <param name="run">Stage, progress and cancellation.</param>
    /// <exception cref="PosTenancyException">It is neither, or was changed, or is of another database or tenant.</exception>
    public static RestoreSource Open(string path, string live, string tenantId, RunContext run)
    {
        ExportManifest? export = null;
        RecordedBackup? backup = null;
        DateTime unchangedSince = File.GetLastWriteTimeUtc(path);
        if (ManifestFormat.Read(path)?.Name == ExportManifest.FormatName)
        {
            DatabaseFile exported = DatabaseFile.Inspect(path);
            export = ExportManifest.Find(path)!;
            StageProgress verifying = new(run.Stage, "Verifying the export", path, 0, exported.Length) { Part = StagePart.BackupProof };
            export.Verify(path, verifying, run.Progress, run.Cancellation);
            RequireOf(export, path, live, tenantId);
        }
        else
        {
            backup = RecordedBackup.Open(path, live, run.Stage, run.Progress, run.Cancellation);
            backup.RequireOf(live);
        }

        // The bytes that were hashed, and no log that another program may have left beside them.
        return new RestoreSource(
            DatabaseConnection.OpenImmutable(path, run.Cancellation),
            unchangedSince,
            export,
            export?.CreatedAt ?? backup!.Manifest.CreatedAt,
            export?.Tables.Sum(t => t.Rows) ?? backup!.Manifest.Rows);
    }

    /// <summary>Finds the rows, and gives them the keys of the database.</summary>
    /// <param name="here">The rows of the tenant in the database.</param>
    /// <param name="sourceTenantId">The tenant's name in the file.</param>
    /// <param name="layout">The tables of the database.</param>
    /// <param name="history">The history of the database.</param>
    /// <param name="keyMapPath">Where the key map of the tenant's import is now; <see langword="null"/> for beside the database.</param>
    /// <exception cref="PosTenancyException">The rows do not fit, or cannot be found.</exception>
    public void Find(
        TenantSlice here, string sourceTenantId, TenantLayout layout, IReadOnlyList<HistoryEntry> history, string? keyMapPath)
    {
        DatabaseConnection connection = _connection;
        string live = here.Connection.Path;
        DatabaseSchema schema = SchemaReader.Read(connection, countRows: false);
        bool hasTenants = SchemaMatch.Require(
            schema,
            live,
            layout,
            SchemaMatch.VersionDifferences(connection, here.Connection, layout).Concat(RegistryDifferences(schema, layout)));
        if (!hasTenants && _export is null)
        {
            throw Errors.SourceInvalid(
                connection.Path,
                $"has no column {layout.ColumnName}: it was made before the database had tenants",
                "Name a backup that was made since, or restore the whole database with Restore-PosDatabase.");
        }

        if ((VirtualTables.WithOwnRows(connection, schema).FirstOrDefault() ??
            VirtualTables.WithOwnRows(here.Connection, layout.Schema).FirstOrDefault()) is { } own)
        {
            throw Errors.SchemaMismatch(
                connection.Path,
                live,
                $"the virtual table {own} has rows of its own, which belong to no tenant and cannot be rebuilt from another table");
        }

        Stored = new TenantSlice(connection, hasTenants ? layout.ColumnName : null, sourceTenantId);
        RequireTenant(layout);
        Registry = TenantRegistry.Read(connection, schema, layout.ColumnName, [sourceTenantId]) is { } registry &&
            registry.Tenants.Contains(sourceTenantId)
                ? registry
                : null;
        HistoryEntry? import = TenantKeyMap.LastImport(history, here.TenantId);
        HistoryEntry? stored = hasTenants
            ? TenantKeyMap.LastImport(TenantHistory.Read(connection, connection.Path, historyTable: null), sourceTenantId)
            : null;

        // An erasure takes the tenant's name from the history, and with it what the database knew of the import.
        ForgottenImport = import is null && stored is not null && !here.HasRows(layout) ? stored : null;
        RequireSameImport(import, ForgottenImport is null ? stored : null, hasTenants);

        // The rowids of a store that was imported are not those of the database.
        KeyMapFile? map = hasTenants || import is null ? null : TenantKeyMap.Read(live, import, keyMapPath);
        HasRowIds = map is null;
        if (!hasTenants)
        {
            KeyDomains domains = KeyDomains.Find(layout, KeyDeclarations.From(map?.Declarations ?? []));
            Stage(here, layout, domains, map is null ? new Dictionary<KeyDomain, KeyRule>() : ImportedRows.RulesOf(domains, map));
        }
    }

    /// <summary>The import of the tenant, of which the history of the database knows nothing any more.</summary>
    public HistoryEntry? ForgottenImport { get; private set; }

    /// <summary>Requires that what was verified is what was read.</summary>
    /// <exception cref="PosTenancyException">The file was changed meanwhile.</exception>
    public void RequireUnchanged()
    {
        if (File.GetLastWriteTimeUtc(_connection.Path) != _unchangedSince)
        {
            throw Errors.ChangedWhileRead(_connection.Path);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _mapped?.Dispose();
        _connection.Dispose();
    }

    private static void RequireOf(ExportManifest export, string path, string live, string tenantId)
    {
        if (!string.Equals(export.Source, live, PathComparison.Kind))
        {
            throw Errors.SourceInvalid(
                path,
                $"was exported from '{export.Source}', not from '{live}'",
                "Bring in a tenant of another database with Import-PosTenant.");
        }

        if (export.TenantId != tenantId)
        {
            throw Errors.SourceInvalid(
                path,
                $"is an export of tenant '{export.TenantId}', not of '{tenantId}'",
                "If that is the name that the tenant had before it was renamed, add it with -SourceTenantId.");
        }
    }

    /// <summary>The application's list of tenants is not among the tables that are matched.</summary>
    private static IEnumerable<string> RegistryDifferences(DatabaseSchema source, TenantLayout layout)
    {
        string[] then = Columns(source);
        string[] now = Columns(layout.Schema);
        if (then.Length > 0 && !then.SequenceEqual(now, Identifier.Comparer))
        {
            yield return $"{SkippedTables.Registry} has the columns {Text(then)} in the source, and {Text(now)} in the database";
        }

        static string[] Columns(DatabaseSchema schema) =>
        [
            .. (schema.FindTable(SkippedTables.Registry)?.Columns ?? [])
                .Where(c => c.Visibility == ColumnVisibility.Ordinary)
                .Select(c => c.Name)
                .OrderBy(c => c, StringComparer.OrdinalIgnoreCase),
        ];

        static string Text(string[] columns) => columns.Length == 0 ? "none" : string.Join(", ", columns);
    }

    private void RequireTenant(TenantLayout layout)
    {
        if (Stored.HasRows(layout))
        {
            return;
        }

        string[] tenants = Stored.ColumnName is null ? [] : TenantSlice.Tenants(Stored.Connection, layout);
        throw Errors.SourceInvalid(
            Stored.Connection.Path,
            $"has no rows of tenant '{Stored.TenantId}'; " +
            (tenants.Length == 0 ? "it has no rows of any tenant" : $"its tenants are {Names(tenants)}"),
            "If the tenant has another name there, add it with -SourceTenantId. To delete its rows, use Remove-PosTenant.");

        static string Names(string[] tenants) => ShortList.Join([.. tenants.Select(t => $"'{t}'")], 10);
    }

    /// <summary>
    /// A tenant that was removed and imported again has the keys of its last import, and those of an older file would not be mapped back
    /// by its key map.
    /// </summary>
    private void RequireSameImport(HistoryEntry? import, HistoryEntry? stored, bool hasTenants)
    {
        bool isSame = hasTenants
            ? import?.Checksum == stored?.Checksum
            : import is null || import.AppliedAt <= CreatedAt;
        if (!isSame)
        {
            throw Errors.SourceInvalid(
                Stored.Connection.Path,
                $"has the rows of tenant '{Stored.TenantId}' as they were before its last import, with other keys",
                "Remove the tenant with Remove-PosTenant, and import these rows with Import-PosTenant.");
        }
    }

    /// <summary>Gives the rows of a store the keys of the database, and proves that they are those that the database had then.</summary>
    private void Stage(
        TenantSlice here, TenantLayout layout, KeyDomains domains, IReadOnlyDictionary<KeyDomain, KeyRule> rules)
    {
        Dictionary<KeyDomain, KeyRule> forward = rules.ToDictionary(
            r => r.Key,
            r => StoreKeys.Forward(
                r.Key,
                r.Value with { New = NewKeys.From(_export!.NewKeys.Where(k => k.Domain == r.Key.Name)) },
                Stored,
                here));
        MovedTable[] tables =
        [
            .. layout.Tables.Select(t => MovedTable.From(t, layout, domains, forward) with
            {
                RowId = HasRowIds ? TableStatements.RowIdName(t) : null,
            }),
        ];
        _mapped = StagedSlice.Copy(Stored, tables, layout, here.TenantId);
        string[] different =
        [
            .. from table in tables
               let then = _export!.Tables.FirstOrDefault(t => Identifier.Comparer.Equals(t.Table, table.Table.Name))
               let now = SliceDigest.Read(Rows, table, isBack: false).All
               where then is null || now != new RowDigest(then.Rows, then.DatabaseSum ?? then.Sum)
               select table.Table.Name,
        ];
        if (different.Length > 0)
        {
            throw Errors.SourceInvalid(
                Stored.Connection.Path,
                "has the keys of the store, and for some it cannot be told any more which keys they had in the database: " +
                ShortList.Join(different, 10),
                "Name a backup, or an export that was made without -AsSingleTenant.");
        }
    }
}
