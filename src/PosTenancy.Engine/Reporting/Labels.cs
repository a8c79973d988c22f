namespace PosTenancy.Engine.Reporting;

/// <summary>Wording that several sections share.</summary>
internal static class Labels
{
    /// <summary>Replaces a value if the upgrade ended before it was measured.</summary>
    public const string NotReached = "not reached";

    public static string For(CheckStatus status) => status == CheckStatus.NotChecked ? "Not checked" : status.ToString();

    public static string For(UpgradeStatus status) => status switch
    {
        UpgradeStatus.AlreadyMigrated => "Already migrated",
        UpgradeStatus.RolledBack => "Rolled back",
        _ => status.ToString(),
    };

    public static string For(FleetStatus status) => status switch
    {
        FleetStatus.AlreadyMigrated => "Already migrated",
        FleetStatus.RolledBack => "Rolled back",
        FleetStatus.NotStarted => "Not started",
        _ => status.ToString(),
    };

    public static string For(TenantChangeStatus status) => status switch
    {
        TenantChangeStatus.Succeeded => "Imported",
        TenantChangeStatus.AlreadyImported => "Already imported",
        TenantChangeStatus.RolledBack => "Rolled back",
        _ => status.ToString(),
    };

    public static string For(MigrationStatus status) => status switch
    {
        MigrationStatus.AlreadyMigrated => "Already migrated: nothing was run",
        MigrationStatus.RolledBack => "Rolled back",
        _ => "Migrated",
    };

    public static string For(IsolationOperation operation) =>
        operation == IsolationOperation.UnknownTenant ? "Unknown tenant" : operation.ToString();

    public static string For(StatementVerdict verdict) => verdict switch
    {
        StatementVerdict.ByKeyOnly => "By key only",
        StatementVerdict.NoTenantOnInsert => "No tenant on INSERT",
        StatementVerdict.AllTenants => "All tenants, allowed",
        StatementVerdict.SharedTable => "Shared table",
        StatementVerdict.NotChecked => "Not checked",
        _ => verdict.ToString(),
    };

    public static string For(Stage stage) => stage switch
    {
        Stage.Plan => "Inspect and plan",
        _ => stage.ToString(),
    };

    /// <summary>The owner of the rows; a tenant that is not a text is marked, since no query would find its rows.</summary>
    public static string Owner(TenantDistribution share) => share.TenantId is { } tenant
        ? tenant + (share.StorageClass == "text" ? "" : $" (stored as {share.StorageClass})")
        : "no tenant";

    /// <summary>Replaces the empty text of a check by words.</summary>
    public static string OrNothing(string text) => text.Length == 0 ? "no details" : text;

    public static string YesNo(bool value) => value ? "yes" : "no";
}
