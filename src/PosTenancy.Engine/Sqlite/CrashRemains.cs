using PosTenancy.Engine.Files;

namespace PosTenancy.Engine.Sqlite;

/// <summary>
/// What a crash left beside a database: a rollback journal, or a log. SQLite plays it over the file when it opens it, and cannot tell
/// whether it belongs there: beside a file that was put back by hand it destroys it (sqlite.org/howtocorrupt.html, 1.4).
/// </summary>
internal static class CrashRemains
{
    private static readonly string[] Endings = ["-journal", "-wal"];

    /// <summary>
    /// Refuses what would make a sound file unsound. What was unsound before says nothing: a crash in the middle of a write leaves just
    /// that, and SQLite repairs it. Nor does what is in use.
    /// </summary>
    /// <param name="path">The database.</param>
    /// <param name="recoveryFolder">Names a folder that there is not yet, for a copy of both.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="PosTenancyException">It does not belong to this file.</exception>
    public static void RequireOwn(string path, Func<string> recoveryFolder, CancellationToken cancellation)
    {
        string? ending = Endings.FirstOrDefault(e => FilePath.HasContent(path + e));
        if (ending is null ||
            OpenFileProcesses.FindOthers(path).Names.Count > 0 ||
            Problem(() => DatabaseConnection.OpenImmutable(path, cancellation)) is not null)
        {
            return;
        }

        (DateTime, DateTime) found = Time(path);
        string? problem =
            ending == "-wal"
                ? Problem(() => DatabaseConnection.OpenWithLog(path, alone: true, cancellation))
                : ProblemOfCopy(path, path + ending, recoveryFolder, cancellation);

        // Who came in between has made it another, and the lock will tell of it.
        if (problem is not null && Time(path) == found && OpenFileProcesses.FindOthers(path).Names.Count == 0)
        {
            throw Errors.NotItsRemains(path, path + ending, problem);
        }
    }

    private static (DateTime File, DateTime Journal) Time(string path) =>
        (File.GetLastWriteTimeUtc(path), File.GetLastWriteTimeUtc(path + "-journal"));

    /// <summary>
    /// What SQLite makes of file and journal, tried on a copy; <see langword="null"/> also where there is no room for one.
    /// </summary>
    private static string? ProblemOfCopy(string path, string journal, Func<string> recoveryFolder, CancellationToken cancellation)
    {
        return FileErrors.Guard(
            path,
            () =>
            {
                string? folder = null;
                try
                {
                    if (FolderAccess.AvailableBytes(Path.GetDirectoryName(path)!)
                        < 2 * (new FileInfo(path).Length + new FileInfo(journal).Length))
                    {
                        return null;
                    }

                    folder = recoveryFolder();
                    string copy = Path.Combine(folder, Path.GetFileName(path));
                    DurableFile.CreatePrivateFolder(folder);
                    Copy(path, copy, cancellation);
                    Copy(journal, copy + "-journal", cancellation);
                    return Problem(() => DatabaseConnection.OpenExclusive(copy, cancellation));
                }
                catch (FileNotFoundException)
                {
                    // Whoever was writing has committed.
                    return null;
                }
                finally
                {
                    if (Directory.Exists(folder))
                    {
                        MomentaryHold.Outlast(() => Directory.Delete(folder, recursive: true));
                    }
                }
            }
        );
    }

    private static void Copy(string from, string to, CancellationToken cancellation)
    {
        using FileStream source = FileBlocks.Open(from);
        _ = DurableFile.Copy(source, to, source.Length, permissionsFrom: from, pageSize: 0, isDurable: false, progress: null, cancellation);
    }

    private static string? Problem(Func<DatabaseConnection> open)
    {
        try
        {
            using DatabaseConnection connection = open();
            string answer = connection.Query("PRAGMA main.quick_check(1)", static row => row.GetString(0)).First();
            return answer == "ok" ? null : answer.Replace("*** in database main ***\n", "");
        }
        catch (PosTenancyException exception)
        {
            // Somebody of another account, whom this one may not look at, is at work with it.
            return exception.ErrorId == ErrorIds.DatabaseLocked ? null : exception.Cause;
        }
    }
}
