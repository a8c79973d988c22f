using PosTenancy.Engine.Files;
using PosTenancy.Engine.Planning;

namespace PosTenancy.Engine.Tenants;

/// <summary>The key map of the newest import of a tenant.</summary>
internal static class TenantKeyMap
{
    /// <summary>The newest import of a tenant in a history; <see langword="null"/> if the tenant was never imported.</summary>
    public static HistoryEntry? LastImport(IReadOnlyList<HistoryEntry> history, string tenantId) =>
        history.LastOrDefault(e => e.Kind == nameof(HistoryKind.Import) && e.TenantId == tenantId);

    /// <summary>Reads the key map of an import.</summary>
    /// <param name="live">Full path of the database.</param>
    /// <param name="import">The import.</param>
    /// <param name="movedTo">Where the key map is now; <see langword="null"/> for beside the database.</param>
    /// <exception cref="PosTenancyException">It is missing or was changed.</exception>
    public static KeyMapFile Read(string live, HistoryEntry import, string? movedTo)
    {
        string path = movedTo is not null
            ? FilePath.Full(movedTo)
            : Path.Combine(Path.GetDirectoryName(live)!, Path.GetFileName(import.Name!));
        return KeyMapFile.Read(live, import.TenantId!, path, import.Checksum!);
    }
}
