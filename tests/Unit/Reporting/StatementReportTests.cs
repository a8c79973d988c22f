using System.Text.Json.Nodes;
using PosTenancy.Engine.Reporting;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Reporting;

/// <summary>The reports of an application's statements.</summary>
public sealed class StatementReportTests : TestFolder
{
    [Fact]
    public void What_must_be_corrected_comes_first_and_what_was_proved_last()
    {
        string page = StatementReport.Render(SampleStatements.Run(Database, Folder), ReportFormat.Markdown);

        page.Split('\n').Where(l => l.StartsWith("## ", StringComparison.Ordinal)).Select(l => l[3..]).ShouldBe([
            "Verdicts",
            "To Correct",
            "Not Checked",
            "Allowed to Reach All Tenants",
            "In the Baseline",
            "Next Steps",
            "What Was Not Proved",
            "Proved Isolated",
        ]);
        page.ShouldStartWith(
            "# Tenant isolation of 9 statements\n\n\u274C **2 findings: statements see or touch other tenants' rows.**\n");
    }

    [Fact]
    public void Finding_has_its_place_from_the_root_of_the_repository_and_its_statement_in_one_line()
    {
        Directory.CreateDirectory(Path.Combine(Folder, ".git"));

        string page = StatementReport.Render(SampleStatements.Run(Database, Folder), ReportFormat.Markdown);

        string[][] rows = [.. MarkdownTables.Read(MarkdownTables.Section(page, "To Correct"))[^1].Skip(2)];
        rows.Length.ShouldBe(4);
        rows[0].ShouldBe([
            "src/orders.rs:10",
            "orders",
            "Select",
            "\u274C Leaks",
            "It sees all. A note.",
            "orders (o-2)",
            MarkdownText.Escape("SELECT * FROM orders"),
        ]);
        rows[1][0].ShouldBe("-Statement");
        rows[^1][3].ShouldBe("\u26A0\uFE0F By key only");
    }

    [Fact]
    public void Sections_of_the_other_results_have_their_reasons()
    {
        string page = StatementReport.Render(SampleStatements.Run(Database, Folder), ReportFormat.Markdown);

        MarkdownTables.Section(page, "Not Checked").ShouldContain("Dynamic.");
        string allowed = MarkdownTables.Section(page, "Allowed to Reach All Tenants");
        allowed.ShouldContain("| a comment in the source | the operator's bill |");
        allowed.ShouldContain("| the baseline | the tax office |");
        MarkdownTables.Section(page, "In the Baseline").ShouldContain("It deletes all.");
        MarkdownTables.Section(page, "Proved Isolated").ShouldContain("| orders | 1 | 0 | 0 | 0 |");
        MarkdownTables.Section(page, "What Was Not Proved").ShouldContain("2 files of tests were left out");
    }

    [Theory]
    [InlineData(StatementVerdict.Leaks, "\u274C", "a statement sees or touches")]
    [InlineData(StatementVerdict.NoTenantOnInsert, "\u274C", "without naming their tenant")]
    [InlineData(StatementVerdict.ByKeyOnly, "\u26A0\uFE0F", "given its key")]
    [InlineData(StatementVerdict.NotChecked, "\u26A0\uFE0F", "not every one could be tried")]
    [InlineData(StatementVerdict.Isolated, "\u2705", "none reaches other tenants")]
    public void Verdict_of_the_report_is_that_of_the_worst_statement(StatementVerdict verdict, string sign, string words)
    {
        StatementRun run = SampleStatements.Run(Database, Folder);
        StatementResult one = run.Results[0] with { Verdict = verdict, Severity = StatementSeverity.None };

        string page = StatementReport.Render(run with { Results = [one, run.Results[8]] }, ReportFormat.Markdown);

        string head = page[..page.IndexOf("\n## ", StringComparison.Ordinal)];
        head.ShouldContain($"\n{sign} **");
        head.ShouldContain(words);
    }

    [Fact]
    public void Findings_of_the_baseline_alone_are_no_failure()
    {
        StatementRun run = SampleStatements.Run(Database, Folder);

        string page = StatementReport.Render(run with { Results = [run.Results[3]] }, ReportFormat.Markdown);

        page.ShouldContain("\u26A0\uFE0F **There is no new finding. Those of the baseline remain.**");
        StatementReport.Failure(run with { Results = [run.Results[3]] }, [StatementVerdict.Leaks]).ShouldBeNull();
    }

    [Fact]
    public void Failure_counts_the_new_findings_of_the_verdicts_and_names_the_first_the_worst_first()
    {
        StatementRun run = SampleStatements.Run(Database, Folder);

        PosTenancyException failure = StatementReport.Failure(
            run, [StatementVerdict.Leaks, StatementVerdict.NoTenantOnInsert, StatementVerdict.ByKeyOnly])!;

        failure.ErrorId.ShouldBe(ErrorIds.StatementsNotIsolated);
        failure.Message.ShouldStartWith(
            $"The application has 4 new findings on '{Database}': orders.rs:10 (orders Leaks), -Statement (orders Leaks), ");
        failure.Message.ShouldContain(" and 1 more. ");
        StatementReport.Failure(run, []).ShouldBeNull();
    }

    [Fact]
    public void Hostile_names_have_no_effect()
    {
        StatementRun run = SampleStatements.Run(Database, Folder);
        string page = StatementReport.Render(run, ReportFormat.Markdown);
        foreach (IReadOnlyList<string[]> table in MarkdownTables.Read(page))
        {
            table.ShouldAllBe(row => row.Length == table[0].Length);
        }

        page.ShouldNotContain("<script");
        page.ShouldNotContain("\u202E");
        string html = StatementReport.Render(run, ReportFormat.Html);
        html.ShouldNotContain("<script");
        html.ShouldNotContain("\u202E");
    }

    [Fact]
    public void Sarif_has_a_rule_for_each_finding_and_no_result_for_what_is_isolated_or_shared()
    {
        JsonNode sarif = Sarif(SampleStatements.Run(Database, Folder));

        sarif["version"]!.GetValue<string>().ShouldBe("2.1.0");
        JsonArray rules = sarif["runs"]![0]!["tool"]!["driver"]!["rules"]!.AsArray();
        rules.Select(r => r!["id"]!.GetValue<string>()).ShouldBe([
            "PosTenancy.Leaks", "PosTenancy.NoTenantOnInsert", "PosTenancy.ByKeyOnly", "PosTenancy.NotChecked", "PosTenancy.AllTenants",
        ]);
        JsonObject[] results = Results(sarif);
        results.Length.ShouldBe(8);
        foreach (JsonObject result in results)
        {
            rules[result["ruleIndex"]!.GetValue<int>()]!["id"]!.GetValue<string>().ShouldBe(result["ruleId"]!.GetValue<string>());
        }

        results.Select(r => r["level"]!.GetValue<string>()).ShouldBe([
            "error", "warning", "error", "error", "none", "none", "note", "error",
        ]);
    }

    [Fact]
    public void Sarif_names_files_by_URIs_from_the_root_of_the_repository()
    {
        Directory.CreateDirectory(Path.Combine(Folder, ".git"));

        JsonNode sarif = Sarif(SampleStatements.Run(Database, Folder));

        string root = sarif["runs"]![0]!["originalUriBaseIds"]!["SRCROOT"]!["uri"]!.GetValue<string>();
        root.ShouldEndWith("/");
        foreach (JsonObject result in Results(sarif).SkipLast(1))
        {
            JsonNode artifact = result["locations"]![0]!["physicalLocation"]!["artifactLocation"]!;
            artifact["uriBaseId"]!.GetValue<string>().ShouldBe("SRCROOT");
            string uri = artifact["uri"]!.GetValue<string>();
            uri.ShouldStartWith("src/");
            string file = Uri.UnescapeDataString(new Uri(new Uri(root), uri).AbsolutePath);
            new[] { "orders.rs", SampleStatements.HostileFile }
                .Select(name => Path.Combine(Folder, "src", name).Replace('\\', '/'))
                .ShouldContain(path => file.EndsWith(path, StringComparison.Ordinal));
        }

        JsonNode region = Results(sarif)[0]["locations"]![0]!["physicalLocation"]!["region"]!;
        (region["startLine"]!.GetValue<int>(), region["startColumn"]!.GetValue<int>()).ShouldBe((10, 5));
    }

    [Fact]
    public void Sarif_has_a_fingerprint_that_stays_when_a_line_moves_and_differs_between_tables()
    {
        StatementRun run = SampleStatements.Run(Database, Folder);
        StatementResult moved = run.Results[0] with { Line = 99, Sql = "SELECT * FROM orders" };

        string[] prints =
        [
            .. Results(Sarif(run with { Results = [run.Results[0], moved, moved with { Table = "lines" }] }))
                .Select(r => r["partialFingerprints"]!["postenancyStatement/v1"]!.GetValue<string>()),
        ];

        prints[1].ShouldBe(prints[0]);
        prints[2].ShouldNotBe(prints[0]);
    }

    [Fact]
    public void Sarif_suppresses_what_is_allowed_or_known_and_says_what_is_new()
    {
        JsonObject[] results = Results(Sarif(SampleStatements.Run(Database, Folder)));

        results.Select(r => r["baselineState"]!.GetValue<string>()).ShouldBe([
            "new", "new", "unchanged", "new", "new", "unchanged", "new", "new",
        ]);
        results.Select(r => r["suppressions"]?[0]?["kind"]?.GetValue<string>()).ShouldBe([
            null, null, "external", null, "inSource", "external", null, null,
        ]);
        results[4]["suppressions"]![0]!["justification"]!.GetValue<string>().ShouldBe("the operator's bill");

        StatementRun without = SampleStatements.Run(Database, Folder) with { BaselinePath = null };
        Results(Sarif(without with { Results = [without.Results[0]] }))[0].ContainsKey("baselineState").ShouldBeFalse();
    }

    [Fact]
    public void Report_is_never_written_over_a_file_of_the_test()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "src"));
        string source = Path.Combine(Folder, "src", "orders.md");
        File.WriteAllText(source, "a source");
        StatementRun run = SampleStatements.Run(Database, Folder);
        run = run with { Results = [run.Results[0] with { File = source }] };
        File.WriteAllText(run.BaselinePath!, "{}");
        string before = Snapshot();

        foreach ((string path, string what) in new[]
        {
            (source, "it is a source file"),
            (run.BaselinePath!, "it is the baseline"),
            (Path.Combine(Folder, "report.txt"), "its extension is not .sarif, .md, .html or .json"),
        })
        {
            PosTenancyException refused = Should.Throw<PosTenancyException>(() => StatementReport.Write(run, path));
            refused.ErrorId.ShouldBe(ErrorIds.InvalidReportPath);
            refused.Message.ShouldContain(what);
        }

        Snapshot().ShouldBe(before);
        Should.Throw<PosTenancyException>(() => UpgradeReport.RequirePath(Path.Combine(Folder, "a.sarif"))).Message
            .ShouldContain("its extension is not .md, .html or .json");
    }

    [Fact]
    public void In_a_folder_the_report_is_named_after_the_database_and_the_time()
    {
        StatementRun run = SampleStatements.Run(Database, Folder);
        string folder = Path.Combine(Folder, "reports");

        string file = ReportLocation.PrepareStatements(run, folder, _ => false);
        StatementReport.Write(run, file);

        file.ShouldBe(Path.Combine(folder, "pos.db.statements-20260111-133105.md"));
        File.Exists(file).ShouldBeTrue();
    }

    [Fact]
    public void Summary_names_the_files_with_new_findings()
    {
        IReadOnlyList<string> lines = StatementReport.Summarize(SampleStatements.Run(Database, Folder));

        lines[0].ShouldBe(
            "9 statements (3 Leaks, 1 NoTenantOnInsert, 1 ByKeyOnly, 1 NotChecked, 2 AllTenants, 1 SharedTable) in 2 files, tried on " +
            "'pos.db'. The baseline has 1 finding of them.");
        lines[1].ShouldBe("  orders.rs: 3 statements (2 Leaks, 1 ByKeyOnly)");
        lines.Count.ShouldBe(3);
    }

    private static JsonNode Sarif(StatementRun run) => JsonNode.Parse(StatementReport.Render(run, ReportFormat.Sarif))!;

    private static JsonObject[] Results(JsonNode sarif) => [.. sarif["runs"]![0]!["results"]!.AsArray().Select(r => r!.AsObject())];
}
