using PosTenancy.Engine.Files;

namespace PosTenancy.Engine.Sqlite;

/// <summary>
/// Files that a crash left beside a database: a rollback journal or a write-ahead log. SQLite plays such a file back when it opens the
/// database and cannot tell whether it belongs to it: if the database was restored by hand, playback corrupts it
/// (sqlite.org/howtocorrupt.html, 1.4).
/// </summary>
internal static class CrashRemains
{
    private static readonly string[] Endings = ["-journal", "-wal"];

    /// <summary>
    /// Refuses a journal or log whose playback would corrupt a sound file. A file that is unsound before playback proves nothing: a crash
    /// during a write leaves exactly that, and SQLite repairs it. Files in use are ignored too.
    /// </summary>
    /// <param name="path">The database.</param>
    /// <param name="recoveryFolder">Returns the name of a folder that does not exist yet, for a copy of both files.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="PosTenancyException">The journal or log does not belong to this file.</exception>
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

        // If another process changed it meanwhile, the lock attempt reports it.
        if (problem is not null && Time(path) == found && OpenFileProcesses.FindOthers(path).Names.Count == 0)
        {
            throw Errors.NotItsRemains(path, path + ending, problem);
        }
    }

    private static (DateTime File, DateTime Journal) Time(string path) =>
        (File.GetLastWriteTimeUtc(path), File.GetLastWriteTimeUtc(path + "-journal"));

    /// <summary>
    /// Tests the playback on a copy and returns the problem found; <see langword="null"/> also if there is no space for a copy.
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
                    // The journal is gone: its writer has committed.
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
        DurableFile.Copy(source, to, permissionsFrom: from, pageSize: 0, meanwhile: null, progress: null, cancellation);
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
            // A process of another account, which this one may not inspect, has the database open.
            return exception.ErrorId == ErrorIds.DatabaseLocked ? null : exception.Cause;
        }
    }
}
