namespace PosTenancy.Engine.Sqlite;

/// <summary>Gives the operating system's failures the ids and wordings of <see cref="Errors"/>.</summary>
internal static class FileErrors
{
    private const int UnixNoSpace = 28;
    private const int UnixQuota = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    /// <summary>Runs file work for a database; a failure of the system becomes one of ours.</summary>
    public static T Guard<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (UnauthorizedAccessException exception)
        {
            throw Errors.AccessDenied(path, exception);
        }
        catch (PathTooLongException exception)
        {
            throw Errors.InvalidPath(path, exception);
        }
        catch (IOException exception)
        {
            throw exception.HResult is UnixNoSpace or UnixQuota or WindowsDiskFull or WindowsHandleDiskFull
                ? Errors.DiskFull(path, exception)
                : Errors.InputOutput(path, exception);
        }
    }
}
