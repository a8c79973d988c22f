using System.Net;
using System.Text;
using System.Text.Json;
using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Recovery;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Tenants;

/// <summary>
/// Lists the files that still hold a tenant, in the folder of its database and in that of the backups. They are only read; a file that
/// cannot be read is listed, because it may hold it.
/// </summary>
/// <param name="live">Full path of the database.</param>
/// <param name="options">The tenant.</param>
/// <param name="history">The history of the database before the tenant was removed.</param>
/// <param name="backupPath">The backup of the removal, which comes first; <see langword="null"/> if it is still to be made.</param>
/// <param name="exportPath">The export of the removal; <see langword="null"/> if there is none.</param>
internal sealed class HoldingFiles(
    string live, TenantRemovalOptions options, IReadOnlyList<HistoryEntry> history, string? backupPath, string? exportPath)
{
    /// <summary>Longer files are no reports.</summary>
    private const long MaxReport = 1 << 26;

    private static readonly string[] ReportEndings = [".md", ".html", ".json"];

    private readonly IReadOnlyList<string> _names = TenantNames.Read(history, options.TenantId);

    private readonly string[] _folders =
    [
        .. new[] { Path.GetDirectoryName(live)!, options.Destination is null ? null : FilePath.Full(options.Destination) }
            .OfType<string>()
            .Distinct(PathComparison.Comparer),
    ];

    /// <summary>Finds them.</summary>
    public IReadOnlyList<TenantHolder> Find()
    {
        List<TenantHolder> holders =
        [
            .. _folders.SelectMany(Backups).OrderByDescending(h => string.Equals(h.Path, backupPath, PathComparison.Kind)),
            .. KeptFiles(),
            .. _folders.SelectMany(Exports).OrderByDescending(h => string.Equals(h.Path, exportPath, PathComparison.Kind)),
            .. KeyMaps(),
        ];
        HashSet<string> known = new(
            holders.Select(h => h.Path).Concat(holders.Select(h => BackupManifest.PathFor(h.Path))), PathComparison.Comparer);
        return [.. holders, .. _folders.SelectMany(f => Reports(f).Where(r => !known.Contains(r.Path)))];
    }

    private IEnumerable<TenantHolder> Backups(string folder)
    {
        foreach (BackupInfo backup in BackupList.Read(live, folder))
        {
            if (Holds(backup.BackupPath) is { } detail)
            {
                yield return new TenantHolder(
                    TenantHolderKind.Backup,
                    backup.BackupPath,
                    string.Equals(backup.BackupPath, backupPath, PathComparison.Kind) ? $"made by this removal; {detail}" : detail,
                    $"Make a backup of the database as it is now with Backup-PosDatabase, then: Remove-PosDatabaseBackup " +
                    $"{PowerShellText.Quote(live)}{Where(folder)} -KeepLast 1");
            }
        }
    }

    /// <summary>The databases that restores have replaced.</summary>
    private IEnumerable<TenantHolder> KeptFiles() =>
        from path in Directory
            .GetFiles(_folders[0], Path.GetFileName(live) + ".replaced-*")
            .OrderByDescending(p => p, StringComparer.Ordinal)
        let detail = DatabaseFile.SidecarEndings.Any(e => path.EndsWith(e, StringComparison.Ordinal)) ? null : Holds(path)
        where detail is not null
        select new TenantHolder(TenantHolderKind.KeptFile, path, detail, RemoveItem(path));

    private IEnumerable<TenantHolder> Exports(string folder)
    {
        foreach (string manifest in Directory.GetFiles(folder, "*.json").OrderBy(p => p, StringComparer.Ordinal))
        {
            string path = manifest.Substring(0, manifest.Length - ".json".Length);
            if (Read(() => ExportManifest.Find(path)) is { } export && IsName(export.TenantId))
            {
                bool isOwn = string.Equals(path, exportPath, PathComparison.Kind);
                string from = string.Equals(export.Source, live, PathComparison.Kind) ? "" : $" from '{export.Source}'";
                yield return new TenantHolder(
                    TenantHolderKind.Export,
                    path,
                    $"{(isOwn ? "made by this removal; " : "")}every row of the tenant on {export.CreatedAt:yyyy-MM-dd HH:mm:ss zzz}{from}",
                    RemoveItem(path, manifest));
            }
        }
    }

    /// <summary>The key maps of its imports, and what they say that it was imported from.</summary>
    private IEnumerable<TenantHolder> KeyMaps()
    {
        List<TenantHolder> sources = [];
        foreach (string path in Directory
            .GetFiles(_folders[0], Path.GetFileName(live) + ".keymap-*.json")
            .OrderBy(p => p, StringComparer.Ordinal))
        {
            if (Read(() => KeyMapFile.Parse(File.ReadAllBytes(path))) is not { } map || !IsName(map.TenantId))
            {
                continue;
            }

            yield return new TenantHolder(
                TenantHolderKind.KeyMap,
                path,
                "its name, the keys that it had, and the digests of its rows",
                $"Keep it as long as a backup or export is to be compared with its source, then: {RemoveItem(path)}");
            if (File.Exists(map.Source) && sources.All(s => s.Path != map.Source))
            {
                sources.Add(new TenantHolder(
                    TenantHolderKind.Source, map.Source, "the rows that were imported", RemoveItem(map.Source)));
            }
        }

        foreach (TenantHolder source in sources)
        {
            yield return source;
        }
    }

    private IEnumerable<TenantHolder> Reports(string folder)
    {
        string[] names =
        [
            .. _names
                .SelectMany(n => new[] { n, WebUtility.HtmlEncode(n), JsonEncodedText.Encode(n).ToString() })
                .Distinct(StringComparer.Ordinal),
        ];
        return
            from path in Directory.GetFiles(folder).OrderBy(p => p, StringComparer.Ordinal)
            where ReportEndings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase)
            let text = Read(() => new FileInfo(path).Length > MaxReport ? "" : File.ReadAllText(path, Encoding.UTF8))
            where text is null || names.Any(n => text.IndexOf(n, StringComparison.Ordinal) >= 0)
            select new TenantHolder(
                TenantHolderKind.Report,
                path,
                text is null ? "it cannot be read, and may name the tenant" : "the name of the tenant",
                RemoveItem(path));
    }

    /// <summary>What a database has of the tenant; <see langword="null"/> for nothing.</summary>
    private string? Holds(string path)
    {
        try
        {
            using DatabaseConnection connection = DatabaseConnection.OpenImmutable(path, CancellationToken.None);
            TenantLayout layout = TenantLayout.Read(connection, options.ColumnName, options.ReferenceTable);
            return _names.Any(n => new TenantSlice(connection, layout.ColumnName, n).HasRows(layout)) ? "rows of the tenant" : null;
        }
        catch (PosTenancyException exception) when (exception.ErrorId == ErrorIds.NotMigrated)
        {
            // Made before the first upgrade: its rows are those of the tenant that the upgrade named.
            HistoryEntry? first = history.FirstOrDefault(e => e.Kind is nameof(HistoryKind.Plan) or nameof(HistoryKind.Script));
            return first?.TenantId is null || IsName(first.TenantId) ? "rows from before there were tenants" : null;
        }
        catch (PosTenancyException exception)
        {
            return $"it cannot be read, and may have rows of the tenant: {exception.What}";
        }
    }

    private bool IsName(string? tenantId) => _names.Contains(tenantId, StringComparer.Ordinal);

    private static T? Read<T>(Func<T?> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or JsonException or PosTenancyException)
        {
            return null;
        }
    }

    private string Where(string folder) =>
        string.Equals(folder, _folders[0], PathComparison.Kind) ? "" : $" -Destination {PowerShellText.Quote(folder)}";

    private static string RemoveItem(params string[] paths) =>
        $"Remove-Item -LiteralPath {string.Join(", ", paths.Select(PowerShellText.Quote))}";
}
