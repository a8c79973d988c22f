using System.Text.Json;
using PosTenancy.Engine.Reporting;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Reporting;

/// <summary>The report of a real import.</summary>
public sealed class ImportReportTests : TestFolder
{
    private static readonly DateTimeOffset Start = new(2026, 1, 11, 13, 31, 5, TimeSpan.Zero);

    [Fact]
    public void Sections_are_in_order_and_the_tables_of_each_source_are_the_last()
    {
        string page = ImportReport.Render(SampleImport.Run(Database), ReportFormat.Markdown);

        page.Split('\n').Where(l => l.StartsWith("## ", StringComparison.Ordinal)).Select(l => l[3..]).ShouldBe([
            "Sources",
            "Not Imported",
            "Next Steps",
            "Proof",
            "Backup and Rollback",
            "Warnings",
            "What Was Not Checked",
            "Every Source",
        ]);
        page.ShouldStartWith(
            "# Tenant import report: 5 sources\n\n\u274C **The import is not complete: 2 of 5 sources are not imported.**\n");
    }

    [Fact]
    public void Each_source_has_its_status_rows_keys_and_key_map()
    {
        TenantImportRun run = SampleImport.Run(Database);
        string page = ImportReport.Render(run, ReportFormat.Markdown);

        string[][] rows = [.. MarkdownTables.Read(MarkdownTables.Section(page, "Sources"))[^1].Skip(2)];
        rows.Select(r => r[2]).ShouldBe([
            "\u2705 Imported", "\u2796 Already imported", "\u2705 Imported", "\u274C Refused", "\u274C Refused",
        ]);
        rows[0][3..7].ShouldBe(["4", "2", "2", "1"]);
        rows[0][8].ShouldBe(MarkdownText.Escape(run.Results[0].KeyMapPath!));
        rows[3][8].ShouldBe("none written");
        page.ShouldContain($"{MarkdownText.Escape(run.Results[0].KeyMapPath!)}, {run.Results[0].KeyMapLength:N0} bytes");
        page.ShouldContain("\n| customers | 2 | 1 | +7 |\n| sales | 2 | 1 | +2 |\n");
        page.ShouldContain(
            "| TenantEqualsSource | every row as in its source, with keys mapped back | 4 rows in 2 tables | \u2705 Passed |");
    }

    [Fact]
    public void Source_that_is_not_imported_has_its_error()
    {
        string section = MarkdownTables.Section(ImportReport.Render(SampleImport.Run(Database), ReportFormat.Markdown), "Not Imported");

        string[] lines = [.. section.Split('\n').Where(l => l.Length > 0)];
        lines.Length.ShouldBe(2);
        lines[0].ShouldContain("newer.db, tenant newer: ");
        lines[0].ShouldContain("sales: column extra");
        lines[0].ShouldEndWith("(PosTenancy.SchemaMismatch)");
        lines[1].ShouldEndWith("(PosTenancy.NotADatabase)");
    }

    [Fact]
    public void Backup_has_the_hash_that_its_bytes_have_and_the_proof_says_how_the_file_was_proved()
    {
        TenantImportRun run = SampleImport.Run(Database);
        string page = ImportReport.Render(run, ReportFormat.Markdown);

        MarkdownTables.Section(page, "Backup and Rollback").ShouldContain($"**SHA-256:** {Sha256(run.Results[0].Backup!.BackupPath)}");
        string proof = MarkdownTables.Section(page, "Proof");
        proof.ShouldContain("the committed file equals that copy byte for byte");
        proof.ShouldContain("| OtherTenantsUnchanged | every row of the backup, byte for byte | ");
        proof.ShouldNotContain("TenantEqualsSource");
        page.Split("| OtherTenantsUnchanged |").Length.ShouldBe(2, "it is not repeated for each source");
    }

    [Fact]
    public void Warning_that_every_source_has_is_said_once()
    {
        TenantImportRun run = SampleImport.Run(Database);
        run.Results.Count(r => r.Warnings.Count > 0).ShouldBe(2);

        string section = MarkdownTables.Section(ImportReport.Render(run, ReportFormat.Markdown), "Warnings");

        section.Split("The view names shows").Length.ShouldBe(2);
    }

    [Fact]
    public void What_ended_the_whole_run_is_said_once()
    {
        Failure failure = new(ErrorIds.ChangeRolledBack, "The import was rolled back: a check failed.");
        TenantImportResult one = new("/hq.db", "/a.db", "a", TenantChangeStatus.RolledBack, Start, TimeSpan.Zero) { Error = failure };
        TenantImportRun run = new("/hq.db", [one, one with { TenantId = "b" }], Start, TimeSpan.Zero);

        string page = ImportReport.Render(run, ReportFormat.Markdown);

        page.ShouldContain("\u274C **The import was rolled back. The database has its original bytes.**");
        MarkdownTables.Section(page, "Not Imported").Trim().ShouldBe(
            "- \u274C **Rolled back:** 2 sources, for the tenants a, b: The import was rolled back: a check failed. " +
            "(PosTenancy.ChangeRolledBack)");
        MarkdownTables.Section(page, "Proof").ShouldContain("Nothing was committed.");
    }

    [Theory]
    [InlineData(TenantChangeStatus.Failed, "could not be restored automatically", "restore the backup as described")]
    [InlineData(TenantChangeStatus.Cancelled, "was cancelled", "run the same command again")]
    [InlineData(TenantChangeStatus.Refused, "Nothing was imported", "run the same command again")]
    [InlineData(TenantChangeStatus.AlreadyImported, "had been imported before", "Run Test-PosTenantIsolation")]
    public void Verdict_and_next_step_are_those_of_the_worst_source(TenantChangeStatus status, string verdict, string step)
    {
        TenantImportRun run = new(
            "/hq.db", [new TenantImportResult("/hq.db", "/a.db", "a", status, Start, TimeSpan.Zero)], Start, TimeSpan.Zero);

        string page = ImportReport.Render(run, ReportFormat.Markdown);

        page[..page.IndexOf("\n## ", StringComparison.Ordinal)].ShouldContain(verdict);
        MarkdownTables.Section(page, "Next Steps").ShouldContain(step);
    }

    [Fact]
    public void Failed_check_of_a_committed_import_is_no_success()
    {
        CheckResult check = new("/hq.db", "FileIntegrity", "File", "ok", "broken", CheckStatus.Failed, "", TimeSpan.Zero);
        TenantImportResult result = new("/hq.db", "/a.db", "a", TenantChangeStatus.Succeeded, Start, TimeSpan.Zero) { Checks = [check] };

        string page = ImportReport.Render(new TenantImportRun("/hq.db", [result], Start, TimeSpan.Zero), ReportFormat.Markdown);

        page.ShouldContain("\u274C **The import was committed, but a check failed.");
    }

    [Fact]
    public void Hostile_names_have_no_effect()
    {
        TenantImportRun run = SampleImport.Run(Database);
        string page = ImportReport.Render(run, ReportFormat.Markdown);

        foreach (IReadOnlyList<string[]> table in MarkdownTables.Read(page))
        {
            table.ShouldAllBe(row => row.Length == table[0].Length);
        }

        page.ShouldNotContain("\u202E");
        page.ShouldNotContain("<script");
        string html = ImportReport.Render(run, ReportFormat.Html);
        html.ShouldNotContain("<script");
        html.ShouldNotContain("\u202E");
        using JsonDocument json = JsonDocument.Parse(ImportReport.Render(run, ReportFormat.Json));
        json.RootElement.GetProperty("sources")[2].GetProperty("tenantId").GetString().ShouldBe(SampleImport.HostileTenant);
    }

    [Fact]
    public void Report_is_never_written_over_a_file_of_the_run()
    {
        TenantImportRun run = SampleImport.Run(Database);
        string source = Path.Combine(Folder, "source.md");
        File.Move(run.Results[0].SourcePath, source);
        run = run with { Results = [run.Results[0] with { SourcePath = source }, .. run.Results.Skip(1)] };
        string before = Snapshot();

        foreach ((string path, string what) in new[]
        {
            (source, "it is a source"),
            (run.Results[0].KeyMapPath!, "it is the key map of a tenant"),
            (run.Results[0].Backup!.ManifestPath, "it is the manifest of the backup"),
            (Path.Combine(Folder, "import.txt"), "its extension is not .md, .html or .json"),
        })
        {
            PosTenancyException refused = Should.Throw<PosTenancyException>(() => ImportReport.Write(run, path));
            refused.ErrorId.ShouldBe(ErrorIds.InvalidReportPath);
            refused.Message.ShouldContain(what);
        }

        Snapshot().ShouldBe(before);
    }

    [Fact]
    public void Report_is_not_more_readable_than_the_database()
    {
        OnlyOn.Unix("modes");
        TenantImportRun run = SampleImport.Run(Database);
        string path = Path.Combine(Folder, "import.md");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Database, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            ImportReport.Write(run, path);
            File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public void In_a_folder_the_report_is_named_after_the_database_and_the_time_and_never_replaces_one()
    {
        TenantImportResult result = new("/hq.db", "/a.db", "a", TenantChangeStatus.Refused, Start, TimeSpan.Zero);
        TenantImportRun run = new("/hq.db", [result], Start, TimeSpan.Zero);
        string folder = Path.Combine(Folder, "reports");

        string first = ReportLocation.PrepareImport(run, folder, _ => false);
        ImportReport.Write(run, first);
        string second = ReportLocation.PrepareImport(run, folder, _ => false);

        first.ShouldBe(Path.Combine(folder, "hq.db.import-20260111-133105.md"));
        second.ShouldBe(Path.Combine(folder, "hq.db.import-20260111-133105-2.md"));
        string file = Path.Combine(Folder, "a.html");
        ReportLocation.PrepareImport(run, file, _ => false).ShouldBe(file);
        ReportLocation.PrepareImport(run, file, p => p == file).ShouldBe(Path.Combine(Folder, "a-2.html"));
    }
}
