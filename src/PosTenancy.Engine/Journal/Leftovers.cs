using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Journal;

/// <summary>What runs that did not come to their end have left. Only what is provably theirs is removed.</summary>
/// <param name="Removed">Full paths of what was removed.</param>
/// <param name="Remaining">Full paths of what could not be.</param>
internal sealed record Leftovers(IReadOnlyList<string> Removed, IReadOnlyList<string> Remaining)
{
    /// <summary>
    /// Removes the temporary files of some runs, the manifest of a backup or export that never came, and the second name of a file that
    /// was about to be replaced.
    /// </summary>
    /// <param name="live">Full path of the database.</param>
    /// <param name="name">What the names of their temporary files begin with, as a full path.</param>
    /// <param name="runs">The runs.</param>
    public static Leftovers Remove(string live, string name, IEnumerable<RunRecord> runs)
    {
        List<string> removed = [];
        List<string> remaining = [];
        foreach (string path in runs.SelectMany(run => Find(live, name, run)).Distinct(PathComparison.Comparer))
        {
            (TryRemove(path, Path.GetFileName(live)) ? removed : remaining).Add(path);
        }

        // The journal should say that a run has ended only when what it removed cannot come back after a loss of power.
        foreach (string path in removed.GroupBy(Path.GetDirectoryName, PathComparison.Comparer).Select(g => g.First()))
        {
            try
            {
                DurableFile.SyncFolderOf(path);
            }
            catch (IOException)
            {
                // What comes back then takes room, and does no other harm.
            }
        }

        return new Leftovers(removed.ToArray(), remaining.ToArray());
    }

    private static IEnumerable<string> Find(string live, string name, RunRecord run)
    {
        // The proof is the random word: it was made for this run, and is written down in its journal alone.
        string[] folders = [Path.GetDirectoryName(name)!, run.Destination ?? Path.GetDirectoryName(name)!];
        foreach (string folder in folders.Distinct(PathComparison.Comparer).Where(Directory.Exists))
        {
            foreach (string path in Directory.EnumerateFileSystemEntries(folder, $"*.{run.Token}.*").Where(IsTemporary))
            {
                yield return path;
            }
        }

        if (run is { BackupPath: { } backup, Sha256: { } sha256 } && !File.Exists(backup) && ManifestFormat.Read(backup)?.Sha256 == sha256)
        {
            yield return BackupManifest.PathFor(backup);
        }

        // The file is there twice, and goes on under its own name.
        if (run.KeptPath is { } kept && FileIdentity.IsSameFile(kept, live))
        {
            yield return kept;
        }

        bool IsTemporary(string path) =>
            Path.GetFileName(path).StartsWith(Path.GetFileName(name) + ".", PathComparison.Kind) &&
            Array.Exists(TemporaryEnding.All, ending => path.EndsWith($".{run.Token}.{ending}", StringComparison.Ordinal));
    }

    private static bool TryRemove(string path, string database)
    {
        try
        {
            if (!Directory.Exists(path) || new DirectoryInfo(path).Attributes.HasFlag(FileAttributes.ReparsePoint))
            {
                MomentaryHold.Outlast(() => File.Delete(path));
                return true;
            }

            RemoveCopies(path, database);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }

    }

    /// <summary>
    /// Removes the copies of a database from a folder that is ours, with what an upgrade of a copy leaves beside it, and then the folder.
    /// It may have got a file that is not ours: then it is not empty, and stays.
    /// </summary>
    private static void RemoveCopies(string folder, string database)
    {
        foreach (string file in Directory.GetFiles(folder).Where(IsOfCopy))
        {
            MomentaryHold.Outlast(() => File.Delete(file));
        }

        foreach (string inner in Directory.GetDirectories(folder).Where(IsOfCopy))
        {
            RemoveCopies(inner, database);
        }

        MomentaryHold.Outlast(() => Directory.Delete(folder));

        bool IsOfCopy(string path)
        {
            string name = Path.GetFileName(path);
            return string.Equals(name, database, PathComparison.Kind)
                || name.StartsWith(database + ".", PathComparison.Kind)
                || Array.Exists(DatabaseFile.SidecarEndings, ending => string.Equals(name, database + ending, PathComparison.Kind));
        }
    }
}
