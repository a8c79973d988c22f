namespace PosTenancy.Engine.Files;

/// <summary>Maps the operating system's failures to <see cref="Errors"/>.</summary>
internal static class FileErrors
{
    private const int UnixNoSpace = 28;
    private const int UnixFileTooLarge = 27;
    private const int UnixQuota = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);
    private const int WindowsSharingViolation = unchecked((int)0x80070020);
    private const int WindowsLockViolation = unchecked((int)0x80070021);
    private const int WindowsInvalidName = unchecked((int)0x8007007B);

    /// <summary>This system's error number for a full disk, as an exception's HResult.</summary>
    public static int NoSpace => Unix.IsAvailable ? UnixNoSpace : WindowsDiskFull;

    /// <summary>Whether Windows refused a file because another program has it open and does not share it.</summary>
    public static bool IsHeldByAnother(Exception? exception) =>
        exception is IOException { HResult: WindowsSharingViolation or WindowsLockViolation };

    /// <summary>Runs file work for a database and converts the operating system's failures to PosTenancy's.</summary>
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
            throw exception.HResult switch
            {
                UnixNoSpace or UnixFileTooLarge or UnixQuota or WindowsDiskFull or WindowsHandleDiskFull => Errors.DiskFull(
                    path,
                    exception),
                WindowsSharingViolation or WindowsLockViolation => Errors.HeldByAnother(
                    path,
                    OpenFileProcesses.FindOthers(path).Phrase,
                    exception),

                // NTFS returns this for a name of more than 255 characters.
                WindowsInvalidName => Errors.InvalidPath(path, exception),
                _ => Errors.InputOutput(path, exception),
            };
        }
    }

    /// <summary>The same for work without a result.</summary>
    public static void Guard(string path, Action work) =>
        _ = Guard(path, () =>
        {
            work();
            return true;
        });
}
