using PosTenancy.Engine.Reporting.ChangeSections;

namespace PosTenancy.Engine.Reporting;

/// <summary>Composes the report of a change of one tenant.</summary>
internal static class ChangeDocument
{
    public static ReportDocument From(TenantChangeResult result) => new(
        $"Tenant {Noun(result)} report: {result.TenantId}",
        Outcome(result),
        ChangeHeader.Create(result),
        [
            .. ChangeDetails.Create(result),
            ChangedRows.Create(result),
            ChangeProof.Create(result),
            .. ChangeRollback.Create(result),
            ChangeNotes.Create(result),
        ]);

    /// <summary>The change as a noun.</summary>
    public static string Noun(TenantChangeResult result) => result switch
    {
        TenantRenameResult => "rename",
        TenantRestoreResult => "restore",
        CompletionResult => "completion",
        TenantRemovalResult => "removal",
        _ => throw new ArgumentOutOfRangeException(nameof(result), result.GetType().Name, message: null),
    };

    /// <summary>The worst known status.</summary>
    public static CheckStatus Outcome(TenantChangeResult result) =>
        result.Status != TenantChangeStatus.Succeeded || result.Checks.Any(c => c.Status == CheckStatus.Failed) ? CheckStatus.Failed
        : result.Checks.All(c => c.Status == CheckStatus.Passed) ? CheckStatus.Passed
        : CheckStatus.Warning;
}
