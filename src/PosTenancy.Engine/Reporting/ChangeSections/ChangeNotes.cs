namespace PosTenancy.Engine.Reporting.ChangeSections;

/// <summary>The warnings, and what this report does not prove.</summary>
internal static class ChangeNotes
{
    public static ReportSection Create(TenantChangeResult result) => ReportSection.From(
        "Warnings and What Was Not Checked",
        new Bullets(
        [
            .. result.Warnings.Select(w => (Line)w),
            .. result.Checks.Where(c => c.Status == CheckStatus.NotChecked).Select(c =>
                Line.From(new Mark(c.Status), " ", new Strong(c.Title + ":"), " " + Labels.OrNothing(c.Detail))),
            "Whether one tenant sees or touches rows of another was not tested.",
            "Restoring the backup was not attempted.",
        ]));
}
