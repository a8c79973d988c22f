namespace PosTenancy.Engine.Reporting.Sections;

/// <summary>Actions that remain for the operator, according to the figures.</summary>
internal static class NextSteps
{
    public static ReportSection Create(UpgradeResult result) =>
        ReportSection.From("Next Steps", new Bullets(Steps(result), IsNumbered: true));

    private static Line[] Steps(UpgradeResult result) =>
        result switch
        {
            { Status: UpgradeStatus.Failed } =>
            [
                "Keep the application stopped.",
                "Restore the backup as described above.",
                "Keep the failed file and this report for the diagnosis.",
            ],
            { Status: UpgradeStatus.Cancelled } =>
            [
                "Run the upgrade again. If the database still equals the backup named above, it continues with that backup.",
            ],
            { Status: UpgradeStatus.Rehearsed } =>
            [
                "Read the warnings of the plan, and what was not checked.",
                "Stop the application for as long as the test took, and run Invoke-PosTenantUpgrade with the same options.",
            ],
            _ when !result.IsOfLiveFile() =>
            [
                "Fix the cause stated at the top of this report.",
                "Run the upgrade again; it starts over, with a new backup.",
            ],
            _ when result.Outcome() == CheckStatus.Failed => ["Explain each failed check before the database is used for a second tenant."],
            _ =>
            [
                "Read the remaining risks, and what was not checked.",
                "Name the columns in every INSERT of the application, and set the tenant in each.",
                "Filter every query by tenant, and test that one tenant cannot see the rows of another.",
                "Run Test-PosTenantIntegrity regularly, and Get-PosTenantDistribution to find rows that were assigned to the wrong " +
                "tenant.",
                .. result.Backup is null
                    ? Array.Empty<Line>()
                    : ["Keep the backup until the application has run on the new schema for long enough."],
            ],
        };
}
