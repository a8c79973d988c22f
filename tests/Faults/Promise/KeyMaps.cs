using PosTenancy.Tests.Faults.Tracing;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Faults.Promise;

/// <summary>The key maps of imports.</summary>
internal static class KeyMaps
{
    /// <summary>The names of the key maps that the history of a database names, and that have the SHA-256 that it says.</summary>
    public static IEnumerable<string> Recorded(Store store)
    {
        string[] files = [.. Store.Files(store.Folder).Where(f => f.StartsWith("pos.db.keymap-", StringComparison.Ordinal))];
        if (files.Length == 0)
        {
            return [];
        }

        lock (Strace.Forking)
        {
            // The sqlite3 shell may have to recover the database first: a copy of it is asked.
            using Store asked = store.Copy();
            string history = Shell.Sql(asked.Database, "SELECT name || ' ' || checksum FROM _postenancy_history WHERE kind = 'Import'");
            return [.. files.Where(f => history.Split('\n').Contains($"{f} {Store.Sha256(Path.Combine(store.Folder, f))}"))];
        }
    }
}
