using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Reporting.ChangeSections;

/// <summary>The essentials: how the change ended, and whether the database must not be opened.</summary>
internal static class ChangeHeader
{
    public static IReadOnlyList<Block> Create(TenantChangeResult result)
    {
        List<Block> head =
        [
            new Paragraph(Line.From(new Mark(ChangeDocument.Outcome(result)), " ", new Strong(Verdict(result)))),
        ];
        if (result.Error is { } error)
        {
            head.Add(new Paragraph($"{error.Message} ({error.ErrorId})"));
        }

        head.Add(Bullets.From(
        [
            Line.Fact("Date", Figures.Date(result.StartedAt)),
            Line.Fact("Time", Figures.Time(result.StartedAt)),
            Line.Fact("Duration", Figures.Duration(result.Duration)),
            Line.Fact("Database", result.Path),
            Line.Fact("Tenant", result.TenantId),
            Line.Fact("Rows", Figures.Count(result.Rows)),
            Line.Fact("Backup", result.Backup?.BackupPath ?? "none made"),
            Line.Fact("Program", ProductVersion.Name),
            Line.Fact("SQLite", ProductVersion.Sqlite),
        ]));
        if (result.Recovery is { } recovery)
        {
            head.Add(new Paragraph(Line.From(new Strong("Earlier interrupted run:"), $" {recovery}")));
        }

        return head;
    }

    private static string Verdict(TenantChangeResult result)
    {
        string noun = ChangeDocument.Noun(result);
        return result.Status switch
        {
            TenantChangeStatus.Failed =>
                $"The {noun} failed, and the database is not known to be as before. Keep the application stopped until you have done " +
                "what the error says.",
            TenantChangeStatus.RolledBack => $"The {noun} was rolled back. The database has its original bytes.",
            TenantChangeStatus.Cancelled => $"The {noun} was cancelled, and its partial work was undone.",
            TenantChangeStatus.Refused => $"The {noun} was refused. The database was not changed.",
            _ when result.ProvedBy is null => "There was nothing to do. The database was not changed.",
            _ => ChangeDocument.Outcome(result) == CheckStatus.Passed
                ? $"The {noun} is complete, and every check passed."
                : $"The {noun} is complete, but not every check passed.",
        };
    }
}
