using System.Text;
using PosTenancy.Tests.Faults.Tracing;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Faults.Promise;

/// <summary>The exports of removals, and what an erasure leaves in the file.</summary>
internal static class Exports
{
    private static readonly string[] Endings = ["", "-wal", "-journal"];

    /// <summary>
    /// The exports with their manifests, if the history of the database says that the tenant was removed, and they are whole; otherwise
    /// none should be there.
    /// </summary>
    public static IEnumerable<string> Made(Store store)
    {
        string[] files =
        [
            .. Store.Files(store.Folder)
                .Where(f => f.Contains(".export-", StringComparison.Ordinal) && !f.EndsWith(".json", StringComparison.Ordinal)),
        ];
        if (files.Length == 0)
        {
            return [];
        }

        lock (Strace.Forking)
        {
            using Store asked = store.Copy();
            if (Shell.Sql(asked.Database, "SELECT count(*) FROM _postenancy_history WHERE kind IN ('Remove', 'Erase')") == "0")
            {
                return [];
            }
        }

        return files.Where(f => Backups.Problem(Path.Combine(store.Folder, f)) is null).SelectMany(f => new[] { f, f + ".json" });
    }

    /// <summary>Whether a value of the tenant is in the bytes of the database, or of what SQLite keeps beside it.</summary>
    public static bool HasOwnValue(Store store) => Endings
        .Select(ending => store.Database + ending)
        .Where(File.Exists)
        .Any(path => File.ReadAllBytes(path).AsSpan().IndexOf(Encoding.UTF8.GetBytes(Store.OwnValue)) >= 0);
}
