using System.Management.Automation;

namespace PosTenancy.Commands;

/// <summary>Makes every error record of the module: the engine's id, a category, and the database as the target.</summary>
internal static class ErrorRecords
{
    public static ErrorRecord From(PosTenancyException exception, object? target) =>
        new(exception, exception.ErrorId, Category(exception.ErrorId), target);

    /// <summary>The record for a result that says that it failed.</summary>
    public static ErrorRecord From(Failure failure, object target) =>
        new(new InvalidOperationException(failure.Message), failure.ErrorId, Category(failure.ErrorId), target);

    public static ErrorRecord Unexpected(Exception exception, string path) =>
        new(exception, ErrorIds.Unexpected, ErrorCategory.NotSpecified, path);

    public static ErrorRecord InvalidPath(string path, Exception exception) =>
        new(exception, ErrorIds.InvalidPath, ErrorCategory.InvalidArgument, path);

    public static ErrorRecord NotFileSystem(string path, ProviderInfo provider) => new(
        new NotSupportedException($"'{path}' is a path of the provider {provider.Name}. Name a file of the file system."),
        ErrorIds.InvalidPath,
        ErrorCategory.InvalidArgument,
        path);

    private static ErrorCategory Category(string errorId) => errorId switch
    {
        ErrorIds.FileNotFound or ErrorIds.BackupNotFound or ErrorIds.DestinationNotFound or ErrorIds.ScriptNotFound => ErrorCategory.ObjectNotFound,
        ErrorIds.InvalidTenantId or ErrorIds.InvalidColumnName or ErrorIds.InvalidPath or ErrorIds.PathIsFolder or ErrorIds.InvalidReportPath or ErrorIds.InvalidTarget
            or ErrorIds.ScriptNotAllowed or ErrorIds.ScriptAndUniqueScope or ErrorIds.ScriptAndIndexStrategy
            or ErrorIds.QueryNotAllowed or ErrorIds.TenantNotFound => ErrorCategory.InvalidArgument,
        ErrorIds.EmptyFile or ErrorIds.NotADatabase or ErrorIds.DatabaseEncrypted or ErrorIds.DatabaseTruncated or ErrorIds.DatabaseCorrupt
            or ErrorIds.ManifestInvalid or ErrorIds.JournalInvalid or ErrorIds.ScriptInvalid or ErrorIds.ReportInvalid or ErrorIds.ReportTooNew => ErrorCategory.InvalidData,
        ErrorIds.BackupTampered or ErrorIds.BackupMismatch => ErrorCategory.SecurityError,
        ErrorIds.ReadOnly or ErrorIds.DatabaseHasOtherNames or ErrorIds.AccessDenied or ErrorIds.DestinationNotWritable => ErrorCategory.PermissionDenied,
        ErrorIds.DatabaseInUse or ErrorIds.DatabaseLocked => ErrorCategory.ResourceBusy,
        ErrorIds.InsufficientDiskSpace => ErrorCategory.ResourceUnavailable,
        ErrorIds.InputOutput => ErrorCategory.DeviceError,
        ErrorIds.RollbackFailed or ErrorIds.RestoreFailed => ErrorCategory.InvalidResult,
        _ => ErrorCategory.InvalidOperation,
    };
}
