using System.Management.Automation;
using PosTenancy.Engine.Text;

namespace PosTenancy.Commands;

/// <summary>Makes every error record of the module: the engine's id, a category, and the database as the target.</summary>
internal static class ErrorRecords
{
    public static ErrorRecord From(PosTenancyException exception, object? target) =>
        Visible(new ErrorRecord(exception, exception.ErrorId, Category(exception.ErrorId), target));

    /// <summary>The record for a result that says that it failed.</summary>
    public static ErrorRecord From(Failure failure, object target) =>
        Visible(new ErrorRecord(new InvalidOperationException(failure.Message), failure.ErrorId, Category(failure.ErrorId), target));

    public static ErrorRecord Unexpected(Exception exception, string path) =>
        Visible(new ErrorRecord(exception, ErrorIds.Unexpected, ErrorCategory.NotSpecified, path));

    /// <summary>The record for a question that the host cannot ask: it throws one exception or another.</summary>
    public static ErrorRecord ConfirmationRequired(string path, Exception exception) =>
        Visible(
            new ErrorRecord(
                new InvalidOperationException(
                    $"The command must ask before it changes '{path}', and this session cannot ask. Nothing was done. To run it " +
                    "unattended, add -Confirm:$false.",
                    exception),
                ErrorIds.ConfirmationRequired,
                ErrorCategory.InvalidOperation,
                path));

    public static ErrorRecord InvalidPath(string path, Exception exception) =>
        Visible(new ErrorRecord(exception, ErrorIds.InvalidPath, ErrorCategory.InvalidArgument, path));

    public static ErrorRecord NotFileSystem(string path, ProviderInfo provider) => Visible(new ErrorRecord(
        new NotSupportedException($"'{path}' is a path of the provider {provider.Name}. Name a file of the file system."),
        ErrorIds.InvalidPath,
        ErrorCategory.InvalidArgument,
        path));

    public static ErrorRecord NoMatch(string path) =>
        Visible(
            new ErrorRecord(
                new FileNotFoundException($"No file matches '{path}'. Check the path."),
                ErrorIds.FileNotFound,
                ErrorCategory.ObjectNotFound,
                path));

    /// <summary>
    /// What a console shows of a record is the message and the name of the target; the exception and the target keep what they are.
    /// </summary>
    private static ErrorRecord Visible(ErrorRecord record)
    {
        string message = VisibleText.Escape(record.Exception.Message);
        if (message != record.Exception.Message)
        {
            record.ErrorDetails = new ErrorDetails(message);
        }

        record.CategoryInfo.TargetName = VisibleText.Escape(record.CategoryInfo.TargetName);
        return record;
    }

    private static ErrorCategory Category(string errorId) =>
        errorId switch
        {
            ErrorIds.FileNotFound
            or ErrorIds.KeyMapLost
            or ErrorIds.StatementsNotFound
            or ErrorIds.BackupNotFound
            or ErrorIds.DestinationNotFound
            or ErrorIds.ScriptNotFound =>
                ErrorCategory.ObjectNotFound,
            ErrorIds.InvalidTenantId
            or ErrorIds.InvalidColumnName
            or ErrorIds.InvalidReferenceTable
            or ErrorIds.InvalidTenantFor
            or ErrorIds.InvalidReadViewPrefix
            or ErrorIds.InvalidPath
            or ErrorIds.PathIsFolder
            or ErrorIds.InvalidReportPath
            or ErrorIds.InvalidBaselinePath
            or ErrorIds.InvalidTarget
            or ErrorIds.NothingToKeep
            or ErrorIds.FleetInvalid
            or ErrorIds.InvalidLogPath
            or ErrorIds.ScriptNotAllowed
            or ErrorIds.ScriptAndUniqueScope
            or ErrorIds.ScriptAndIndexStrategy
            or ErrorIds.QueryNotAllowed
            or ErrorIds.KeyMapInvalid
            or ErrorIds.SourceInvalid
            or ErrorIds.InvalidNewName
            or ErrorIds.InvalidDestination
            or ErrorIds.TenantNotFound => ErrorCategory.InvalidArgument,
            ErrorIds.TenantExists => ErrorCategory.ResourceExists,
            ErrorIds.EmptyFile
            or ErrorIds.NotADatabase
            or ErrorIds.DatabaseEncrypted
            or ErrorIds.DatabaseTruncated
            or ErrorIds.DatabaseCorrupt
            or ErrorIds.ManifestInvalid
            or ErrorIds.JournalInvalid
            or ErrorIds.ScriptInvalid
            or ErrorIds.ReportInvalid
            or ErrorIds.BaselineInvalid
            or ErrorIds.FleetStateInvalid
            or ErrorIds.SchemaMismatch
            or ErrorIds.ReportTooNew => ErrorCategory.InvalidData,
            ErrorIds.BackupTampered or ErrorIds.BackupMismatch or ErrorIds.ExportTampered => ErrorCategory.SecurityError,
            ErrorIds.ReadOnly or ErrorIds.DatabaseHasOtherNames or ErrorIds.AccessDenied or ErrorIds.DestinationNotWritable =>
                ErrorCategory.PermissionDenied,
            ErrorIds.DatabaseInUse or ErrorIds.DatabaseLocked or ErrorIds.FleetStateInUse or ErrorIds.CopyOvertaken =>
                ErrorCategory.ResourceBusy,
            ErrorIds.InsufficientDiskSpace => ErrorCategory.ResourceUnavailable,
            ErrorIds.RemotingFailed or ErrorIds.TargetUnavailable or ErrorIds.CopyOutcomeUnknown => ErrorCategory.ConnectionError,
            ErrorIds.RolloutStopped => ErrorCategory.OperationStopped,
            ErrorIds.InputOutput => ErrorCategory.DeviceError,
            ErrorIds.RollbackFailed or ErrorIds.RestoreFailed or ErrorIds.StatementsNotIsolated or ErrorIds.CopyNotProved =>
                ErrorCategory.InvalidResult,
            _ => ErrorCategory.InvalidOperation,
        };
}
