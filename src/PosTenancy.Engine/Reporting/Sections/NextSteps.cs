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
                "Put the backup back as described above.",
                "Keep the failed file and this report for whoever looks for the cause.",
            ],
            { Status: UpgradeStatus.Cancelled } =>
            [
                "Run the upgrade again. If the database still is the backup named above, it goes on with that one.",
            ],
            _ when !result.IsOfLiveFile() =>
            [
                "Remove the cause that stands at the top of this report.",
                "Run the upgrade again; it begins anew, with a new backup.",
            ],
            _ when result.Outcome() == CheckStatus.Failed => ["Explain each failed check before the database is used for a second tenant."],
            _ =>
            [
                "Read the risks that stay, and what was not checked.",
                "Name the columns in every INSERT of the application, and give each its tenant.",
                "Filter every query by tenant, and test that one tenant cannot see the rows of another.",
                "Run Test-PosTenantIntegrity from time to time, and Get-PosTenantDistribution to see rows that landed with the wrong " +
                "tenant.",
                .. result.Backup is null
                    ? Array.Empty<Line>()
                    : ["Keep the backup until the application has run on the new schema for long enough."],
            ],
        };
}
