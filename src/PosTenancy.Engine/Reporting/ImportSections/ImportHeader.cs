namespace PosTenancy.Engine.Reporting.ImportSections;

/// <summary>The essentials: how the import ended, and whether the database must not be opened.</summary>
internal static class ImportHeader
{
    public static IReadOnlyList<Block> Create(TenantImportRun run)
    {
        List<Block> head = [new Paragraph(Line.From(new Mark(run.Outcome()), " ", new Strong(Verdict(run))))];
        if (run.Results.Any(r => r.Status == TenantChangeStatus.Failed))
        {
            head.Add(new Paragraph(Line.From(
                new Mark(CheckStatus.Failed),
                " ",
                new Strong("The database is not known to be as before."),
                " Keep the application stopped until you have done what the error says.")));
        }

        head.Add(Bullets.From(
        [
            Line.Fact("Date", Figures.Date(run.StartedAt)),
            Line.Fact("Time", Figures.Time(run.StartedAt)),
            Line.Fact("Total duration", Figures.Duration(run.Duration)),
            Line.Fact("Database", run.Path),
            Line.Fact("Sources", Figures.Count(run.Results.Count)),
            Line.Fact("Done", Figures.Count(run.Done())),
            Line.Fact("Rows imported", Figures.Count(run.Results.Sum(r => r.RowsImported))),
            Line.Fact("Keys with new values", Figures.Count(run.Results.Sum(r => r.KeysMapped))),
            Line.Fact("Backup", run.Backup()?.BackupPath ?? "none made"),
            Line.Fact("Program", run.ProductVersion),
            Line.Fact("SQLite", run.SqliteVersion),
        ]));
        if (run.Recovery() is { } recovery)
        {
            head.Add(new Paragraph(Line.From(new Strong("Earlier interrupted run:"), $" {recovery}")));
        }

        return head;
    }

    private static string Verdict(TenantImportRun run)
    {
        int total = run.Results.Count;
        int left = total - run.Done();
        string of = $"{Figures.Count(left)} of {Figures.Count(total, "source is", "sources are")} not imported";
        return Has(TenantChangeStatus.Failed) ? "The import failed, and the database could not be restored automatically."
            : Has(TenantChangeStatus.RolledBack) ? "The import was rolled back. The database has its original bytes."
            : Has(TenantChangeStatus.Cancelled) ? "The import was cancelled, and its partial work was undone."
            : left == total ? "Nothing was imported: every source was refused. The database was not changed."
            : left > 0 ? $"The import is not complete: {of}."
            : run.Results.All(r => r.Status == TenantChangeStatus.AlreadyImported)
                ? "Every source had been imported before. Nothing was written."
            : run.Outcome() switch
            {
                CheckStatus.Passed => $"The import is complete: {Figures.Count(total, "source", "sources")}, and every check passed.",
                CheckStatus.Failed => "The import was committed, but a check failed. Do not rely on this database until that is explained.",
                _ => $"The import is complete: {Figures.Count(total, "source", "sources")}, but not every check passed.",
            };

        bool Has(TenantChangeStatus status) => run.Results.Any(r => r.Status == status);
    }
}
