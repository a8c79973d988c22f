using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.History;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Tenants;

/// <summary>What to compare.</summary>
/// <param name="TenantId">The tenant of the database.</param>
/// <param name="With">Path of its source, of an export, or of a backup of the database.</param>
/// <exception cref="PosTenancyException">The tenant id is invalid.</exception>
public sealed record TenantComparisonOptions(string TenantId, string With)
{
    /// <summary>The tenant.</summary>
    public string TenantId { get; } = TenantIdRules.Require(TenantId);

    /// <summary>The tenant column.</summary>
    public string ColumnName { get; init; } = MigrationOptions.DefaultColumnName;

    /// <summary>The tenant of the other file, if it has several; <see langword="null"/> for the one of the same name.</summary>
    public string? SourceTenantId { get; init; }

    /// <summary>Where the key map of the tenant's import is now; <see langword="null"/> for beside the database.</summary>
    public string? KeyMapPath { get; init; }

    /// <summary>Names or patterns of tables that all tenants share, beside those that the history of the database names.</summary>
    public IReadOnlyList<string> ReferenceTable { get; init => field = ResultList.From(value); } = ResultList.From<string>([]);

    /// <summary>The tenant and the file.</summary>
    public override string ToString() => $"{TenantId} with {With}";
}

/// <summary>Compares the rows of a tenant with those of another file. Tables that all tenants share are not compared.</summary>
public static class TenantComparison
{
    /// <summary>Compares; writes to neither file, which may both be in use.</summary>
    /// <param name="path">The live database.</param>
    /// <param name="options">What to compare.</param>
    /// <param name="progress">Receives progress reports.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>What was compared, and the differences; to be disposed.</returns>
    /// <exception cref="PosTenancyException">
    /// A file cannot be read, a manifest does not match, the tables differ, the tenant does not exist, or its key map is lost.
    /// </exception>
    public static TenantComparisonReading Run(
        string path,
        TenantComparisonOptions options,
        IProgress<StageProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        string live = FilePath.Full(path);
        string with = FilePath.Full(options.With);
        if (string.Equals(live, with, PathComparison.Kind) || FileIdentity.IsSameFile(live, with))
        {
            throw Errors.SourceInvalid(with, "is the database itself", "Name another file with -With.");
        }

        return DatabaseReader.Read(
            live,
            here =>
            {
                TenantLayout layout = TenantLayout.Read(here, options.ColumnName, options.ReferenceTable);
                HistoryEntry[] history = [.. TenantHistory.Read(here, live, historyTable: null)];
                new TenantSlice(here, options.ColumnName, options.TenantId).RequireTenant(layout, history);
                (bool isBackup, ExportManifest? manifest) = VerifyManifest(live, with, progress, cancellation);
                Comparison comparison = new(live, options, layout, history, isBackup, manifest, progress, cancellation);
                return DatabaseReader.Read(
                    with,
                    there => comparison.Run(here, there),
                    cancellation);
            },
            cancellation);
    }

    /// <summary>A file with a manifest must be what its manifest says.</summary>
    /// <returns>Whether it is a backup of the database; and the manifest of an export.</returns>
    private static (bool IsBackup, ExportManifest? Manifest) VerifyManifest(
        string live, string with, IProgress<StageProgress>? progress, CancellationToken cancellation)
    {
        if (ManifestFormat.Read(with)?.Name == BackupManifest.FormatName)
        {
            return (RecordedBackup.Open(with, live, Stage.Comparison, progress, cancellation).IsBackupOf(live), null);
        }

        StageProgress verifying = new(Stage.Comparison, "Verifying the export", with, 0, 0) { Part = StagePart.BackupProof };
        ExportManifest? manifest = ExportManifest.Find(with);
        manifest?.Verify(with, verifying, progress, cancellation);
        return (false, manifest);
    }

    private sealed class Comparison(
        string live,
        TenantComparisonOptions options,
        TenantLayout layout,
        IReadOnlyList<HistoryEntry> history,
        bool isBackup,
        ExportManifest? manifest,
        IProgress<StageProgress>? progress,
        CancellationToken cancellation)
    {
        public TenantComparisonReading Run(DatabaseConnection here, DatabaseConnection there)
        {
            DatabaseSchema schema = SchemaReader.Read(there, countRows: false);
            bool hasTenants = SchemaMatch.Require(schema, live, layout, []);
            KeyMapFile? map = FindMap(there);
            KeyDomains domains = KeyDomains.Find(layout, KeyDeclarations.From(map?.Declarations ?? []));
            IReadOnlyDictionary<KeyDomain, KeyRule> rules = map is null
                ? new Dictionary<KeyDomain, KeyRule>()
                : ImportedRows.RulesOf(domains, map).ToDictionary(
                    r => r.Key,
                    r => r.Value with { New = NewKeys.From((manifest?.NewKeys ?? []).Where(k => k.Domain == r.Key.Name)) });
            TenantSlice left = new(here, options.ColumnName, options.TenantId);
            TenantSlice right = hasTenants
                ? new TenantSlice(there, options.ColumnName, options.SourceTenantId ?? map?.SourceTenantId ?? options.TenantId)
                : new TenantSlice(there, ColumnName: null, options.TenantId);
            RequireSourceTenant(right);
            return Compare(left, right, domains, rules);
        }

        private TenantComparisonReading Compare(
            TenantSlice left, TenantSlice right, KeyDomains domains, IReadOnlyDictionary<KeyDomain, KeyRule> rules)
        {
            SliceDifferences found = new(live, options.TenantId, cancellation);
            try
            {
                long rows = 0;
                for (int i = 0; i < layout.Tables.Count; i++)
                {
                    TableSchema table = layout.Tables[i];
                    progress?.Report(new StageProgress(Stage.Comparison, "Comparing rows", table.Name, i, layout.Tables.Count)
                    {
                        Part = StagePart.Statements,
                    });
                    MovedTable moved = MovedTable.From(table, layout, domains, rules);
                    RowDigest here = SliceDigest.Read(left, moved, isBack: true).All;
                    rows += here.Rows;
                    if (here != SliceDigest.Read(right, moved, isBack: false).All)
                    {
                        found.Find(moved, left, right, References(table, domains));
                    }
                }

                return new TenantComparisonReading(found, layout.Tables.Count, rows);
            }
            catch
            {
                found.Dispose();
                throw;
            }
        }

        /// <summary>
        /// The map of the tenant's import; <see langword="null"/> if the other file has the keys of the database: the tenant was never
        /// imported, the file is a backup, or it has the same import in its own history, as a copy or an export has it, under the name that
        /// the tenant has there.
        /// </summary>
        private KeyMapFile? FindMap(DatabaseConnection there)
        {
            if (isBackup || TenantKeyMap.LastImport(history, options.TenantId) is not { } import)
            {
                return null;
            }

            IReadOnlyList<HistoryEntry> other = TenantHistory.Read(there, there.Path, historyTable: null);
            return TenantKeyMap.LastImport(other, options.SourceTenantId ?? options.TenantId)?.Checksum == import.Checksum
                ? null
                : TenantKeyMap.Read(live, import, options.KeyMapPath);
        }

        /// <summary>
        /// A backup may be older than the tenant. Any other file without rows of it is more likely one of another tenant.
        /// </summary>
        private void RequireSourceTenant(TenantSlice right)
        {
            if (right.ColumnName is null || isBackup || right.HasRows(layout))
            {
                return;
            }

            string[] tenants = TenantSlice.Tenants(right.Connection, layout);
            if (tenants.Length > 0)
            {
                throw Errors.SourceInvalid(
                    right.Connection.Path,
                    $"has no rows of tenant '{right.TenantId}'; its tenants are {ShortList.Join([.. tenants.Select(t => $"'{t}'")], 10)}",
                    "Name one of them with -SourceTenantId.");
            }
        }

        /// <summary>The columns whose values name a row, by foreign keys or by declarations.</summary>
        private static HashSet<string> References(TableSchema table, KeyDomains domains) => new(
            table.ForeignKeys.SelectMany(f => f.Columns.Select(c => c.Child))
                .Concat(table.Columns
                    .Where(c => domains.Find(new KeyColumn(table, c))?.References.Any(r => r.Name == new KeyColumn(table, c).Name) == true)
                    .Select(c => c.Name))
                .Concat(domains.Loose
                    .Where(l => l.From.Table == table && l.Declaration.JsonPath is null)
                    .Select(l => l.From.Column.Name)),
            Identifier.Comparer);
    }
}

/// <summary>The result of a comparison. The differences are in a temporary file of this account until it is disposed.</summary>
public sealed class TenantComparisonReading : IDisposable
{
    private readonly SliceDifferences _found;

    internal TenantComparisonReading(SliceDifferences found, int tables, long rows)
    {
        _found = found;
        Tables = tables;
        Rows = rows;
    }

    /// <summary>Number of tables that were compared.</summary>
    public int Tables { get; }

    /// <summary>Number of rows that the tenant has in the database.</summary>
    public long Rows { get; }

    /// <summary>Whether there is no difference.</summary>
    public bool IsEqual => _found.Count == 0;

    /// <summary>The differences, table by table.</summary>
    public IEnumerable<TenantDifference> Differences => _found.Read();

    /// <inheritdoc/>
    public void Dispose() => _found.Dispose();
}
