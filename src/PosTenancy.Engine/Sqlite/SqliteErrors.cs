using PosTenancy.Engine.Files;
using SQLitePCL;

namespace PosTenancy.Engine.Sqlite;

/// <summary>Maps SQLite's result codes to <see cref="Errors"/>.</summary>
internal static class SqliteErrors
{
    /// <summary>
    /// In bytes, on Unix: SQLite reserves 512 for a path, which includes the suffix of a journal (MAX_PATHNAME in its os_unix.c).
    /// </summary>
    private const int LongestPath = 504;

    /// <summary>
    /// In characters, on Windows, which opens 259 unless the system and the program allow more (MAX_PATH); the journal's suffix has 8.
    /// </summary>
    private const int LongestPathOnWindows = 251;

    public static Exception Translate(string path, SqliteException exception) => exception.Code switch
    {
        raw.SQLITE_INTERRUPT => new OperationCanceledException("The command was stopped.", exception),
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => Errors.DatabaseLocked(path, OpenFileProcesses.FindOthers(path).Phrase),
        raw.SQLITE_CORRUPT => Errors.DatabaseCorrupt(path, exception.Message, exception),
        raw.SQLITE_NOTADB => Errors.NotADatabase(path),
        raw.SQLITE_FULL => Errors.DiskFull(path, exception),
        raw.SQLITE_READONLY when exception.ExtendedCode is raw.SQLITE_READONLY_ROLLBACK =>
            Errors.HotJournal(path, "rolling it back requires write access."),
        raw.SQLITE_READONLY => Errors.ReadOnlyFile(path),
        raw.SQLITE_CANTOPEN when Unix.IsAvailable && System.Text.Encoding.UTF8.GetByteCount(path) > LongestPath =>
            Errors.PathTooLong(path, LongestPath, "bytes", exception),
        raw.SQLITE_CANTOPEN when !Unix.IsAvailable && path.Length > LongestPathOnWindows =>
            Errors.PathTooLong(path, LongestPathOnWindows, "characters", exception),
        raw.SQLITE_IOERR or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM => Errors.InputOutput(path, exception),
        _ => Errors.SqliteError(path, exception.Message, exception),
    };
}
