namespace PosTenancy.Engine.Reporting.ChangeSections;

/// <summary>What only one kind of change has to say.</summary>
internal static class ChangeDetails
{
    public static IEnumerable<ReportSection> Create(TenantChangeResult result) => result switch
    {
        TenantRenameResult rename => RenameDetails.Create(rename),
        CompletionResult completion => CompletionDetails.Create(completion),
        TenantRemovalResult removal => RemovalDetails.Create(removal),
        TenantRestoreResult restore => RestoreDetails.Create(restore),
        _ => [],
    };
}
