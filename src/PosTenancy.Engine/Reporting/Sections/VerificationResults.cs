namespace PosTenancy.Engine.Reporting.Sections;

/// <summary>Every check: expected and actual.</summary>
internal static class VerificationResults
{
    public static IEnumerable<ReportSection> Create(UpgradeResult result)
    {
        if (result.Checks.Count == 0)
        {
            yield return ReportSection.From("Verification Results", new Paragraph("Not reached: no check ran."));
            yield break;
        }

        yield return ReportSection.From("Verification Results", new Paragraph($"The checks ran {result.WhereChecked()}."));
        // Repeat it in each heading: readers of a long report do not scroll up before believing a tick.
        string where = result.IsOfLiveFile() ? "" : result.Migration is null ? " (on the copy)" : " (rolled back)";
        int step = 0;
        foreach (CheckResult check in result.Checks)
        {
            Line heading = Line.From(new Mark(check.Status), $" Step {++step}: {check.Title}{where}");
            yield return ReportSection.Part(heading, [Facts(check), .. CheckDetails.Create(check, result)]);
        }
    }

    private static Bullets Facts(CheckResult check) => Bullets.From(
        Line.Fact("Check", check.Name),
        Line.Fact("Expected", check.Expected),
        Line.Fact("Actual", check.Actual),
        Line.From([new Strong("Status:"), " ", .. Line.Status(check.Status).Pieces]),
        Line.Fact("Detail", Labels.OrNothing(check.Detail)),
        Line.Fact("Duration", Figures.Duration(check.Duration)));
}
