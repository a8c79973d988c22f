using PosTenancy.Engine.Schema;

namespace PosTenancy.Engine.Planning;

/// <summary>
/// Recognizes the columns of common migration histories by name and type. Tools write the same name as applied_at, appliedAt or AppliedAt,
/// so case and underscores are ignored.
/// </summary>
internal static class HistoryRoles
{
    private static readonly Dictionary<string, HistoryRole> Names = new Dictionary<HistoryRole, string>
    {
        [HistoryRole.Version] = "version versionid versionnumber id installedrank migrationnumber sequence",
        [HistoryRole.Name] = "name migration migrationname migrationid description script scriptname filename file title identifier",
        [HistoryRole.Checksum] = "checksum hash sha256 scripthash",
        [HistoryRole.Time] =
            "appliedat appliedon applied appliedtime executedat executedon createdat createdon installedat installedon runat runon " +
            "ranat timestamp tstamp migrationtime batchtime migratedat finishedat completedat startedat starttime endtime",
        [HistoryRole.Succeeded] = "success succeeded issuccess isapplied applied",
        [HistoryRole.Failed] = "dirty isdirty failed",
        [HistoryRole.Batch] = "batch",
        [HistoryRole.Elapsed] = "executiontime executiontimems duration durationms",
        [HistoryRole.Product] = "productversion toolversion installedby appliedby executedby",
        [HistoryRole.Application] = "app",
        [HistoryRole.Kind] = "type",
    }
    .SelectMany(role => role.Value.Split(' ').Select(name => (name, role.Key)))
    .GroupBy(pair => pair.name, pair => pair.Key, StringComparer.Ordinal)
    .ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);

    /// <summary>The role of the column, or <see langword="null"/> if neither its name nor its type identifies it.</summary>
    public static HistoryRole? Find(ColumnSchema column)
    {
        if (column.Visibility != ColumnVisibility.Ordinary || !Names.TryGetValue(Plain(column.Name), out HistoryRole role))
        {
            return null;
        }

        // "applied" is a time in one tool and a flag in another; the type decides.
        if (role == HistoryRole.Time && column.Type.IndexOf("BOOL", StringComparison.OrdinalIgnoreCase) >= 0)
        {
            role = HistoryRole.Succeeded;
        }

        ColumnAffinity affinity = ColumnAffinities.FromDeclaredType(column.Type);
        bool holds = role switch
        {
            HistoryRole.Name or HistoryRole.Checksum or HistoryRole.Product or HistoryRole.Application or HistoryRole.Kind =>
                affinity is not (ColumnAffinity.Integer or ColumnAffinity.Real),
            HistoryRole.Succeeded or HistoryRole.Failed or HistoryRole.Batch or HistoryRole.Elapsed => affinity != ColumnAffinity.Text,
            _ => true,
        };
        return holds ? role : null;
    }

    private static string Plain(string name) =>
        new([.. name.Where(c => c is not ('_' or '-' or ' ')).Select(c => c is >= 'A' and <= 'Z' ? (char)(c + 32) : c)]);
}
