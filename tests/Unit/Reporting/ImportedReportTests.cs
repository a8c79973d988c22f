using System.Text;
using System.Text.Json.Nodes;
using PosTenancy.Engine.Reporting;
using PosTenancy.Engine.Text;

namespace PosTenancy.Tests.Reporting;

/// <summary>A report can be rendered again from its JSON, and is marked as such. A file that is not a report gives no result.</summary>
public sealed class ImportedReportTests : UpgradeCases
{
    private string Json => Path.Combine(Folder, "report.json");

    [Theory]
    [MemberData(nameof(Names))]
    public void A_report_made_again_is_the_same_but_for_the_line_that_says_so(string name)
    {
        UpgradeResult result = Run(name);
        UpgradeReport.Write(result, Json);

        UpgradeResult read = UpgradeReport.Read(Json);

        read.ImportedFrom.ShouldBe(Json);
        UpgradeReport.Render(read, ReportFormat.Json).ShouldBe(File.ReadAllText(Json));
        foreach (
            (ReportFormat format, string sign) in new[]
            {
                (ReportFormat.Markdown, "**Rebuilt from a file:**"),
                (ReportFormat.Html, "<p><strong>Rebuilt from a file:</strong>"),
            })
        {
            string[] original = UpgradeReport.Render(result, format).Split('\n');
            string[] again = UpgradeReport.Render(read, format).Split('\n');
            string line = again.Except(original, StringComparer.Ordinal).ShouldHaveSingleItem();
            line.ShouldStartWith(sign);
            string path = VisibleText.InReport(Json);
            line.ShouldContain(
                format == ReportFormat.Markdown
                    ? path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)
                    : path);
            line.ShouldContain(
                Figures.Moment(result.StartedAt).Replace("+", format == ReportFormat.Html ? "&#43;" : "+", StringComparison.Ordinal)[..19]);
            UpgradeReport.Render(read with { ImportedFrom = null }, format).ShouldBe(UpgradeReport.Render(result, format));
        }
    }

    [Theory]
    [InlineData("", "it is not the JSON of a report")]
    [InlineData("not JSON", "it is not the JSON of a report")]
    [InlineData("[]", "it does not name its schema as PosTenancy.UpgradeReport")]
    [InlineData("null", "it does not name its schema as PosTenancy.UpgradeReport")]
    [InlineData("{\"format\":\"PosTenancy.Backup\",\"version\":1}", "it does not name its schema as PosTenancy.UpgradeReport")]
    [InlineData("{\"schema\":1}", "it does not name its schema as PosTenancy.UpgradeReport")]
    [InlineData("{\"schema\":\"PosTenancy.UpgradeReport\"}", "version is missing")]
    [InlineData("{\"schema\":\"PosTenancy.UpgradeReport\",\"version\":1e999}", "version is not one of 1, 2")]
    [InlineData("{\"schema\":\"PosTenancy.UpgradeReport\",\"version\":0}", "version is not one of 1, 2")]
    [InlineData("{\"schema\":\"PosTenancy.UpgradeReport\",\"version\":\"1\"}", "version is not one of 1, 2")]
    public void What_is_no_report_is_refused(string content, string why)
    {
        File.WriteAllText(Json, content);
        ShouldBeRefused(ErrorIds.ReportInvalid, why);
    }

    [Fact]
    public void A_report_of_version_1_lacks_what_later_versions_added()
    {
        UpgradeResult result = Run("succeeded");
        JsonNode report = JsonNode.Parse(UpgradeReport.Render(result, ReportFormat.Json))!;
        report["version"] = 1;
        report.AsObject().Remove("lockedTime").ShouldBeTrue();
        report.AsObject().Remove("downtime").ShouldBeTrue();
        foreach (JsonNode part in new[] { report, report["rehearsal"]!, report["migration"]! })
        {
            part.AsObject().Remove("provedBy").ShouldBeTrue();
        }

        File.WriteAllText(Json, report.ToJsonString());

        UpgradeResult read = UpgradeReport.Read(Json);
        (read.Status, read.LockedTime, read.Downtime, read.ProvedBy).ShouldBe((UpgradeStatus.Succeeded, null, null, null));
        read.Checks.ShouldBe(result.Checks);
    }

    [Fact]
    public void A_report_of_a_newer_release_is_refused_as_such()
    {
        File.WriteAllText(Json, "{\"schema\":\"PosTenancy.UpgradeReport\",\"version\":3,\"news\":true}");
        ShouldBeRefused(ErrorIds.ReportTooNew, "is a report of version 3, but this release only knows versions up to 2");
    }

    [Theory]
    [InlineData("\"tablesTotal\": 32", "\"tablesTotal\": 32, \"tablesTotal\": 33", "tablesTotal occurs twice")]
    [InlineData("\"status\": \"Succeeded\"", "\"status\": \"Fine\"", "status is not one of Succeeded, AlreadyMigrated")]
    [InlineData("\"status\": \"Succeeded\"", "\"status\": 0", "status is not one of")]
    [InlineData("\"pageSize\": 4096", "\"pageSize\": 99999999999999999999", "before.pageSize is not integer")]
    [InlineData("\"pageSize\": 4096", "\"pageSize\": -1", "before.pageSize is less than 512")]
    [InlineData("\"target\": \"00:00:03\"", "\"target\": \"9999999.00:00:03\"", "target has an invalid format")]
    [InlineData("\"target\": \"00:00:03\"", "\"target\": \"00:00:03\\n\"", "target has an invalid format")]
    [InlineData("\"startedAt\": \"20", "\"startedAt\": \"2026-02-31T10:00:00Z\", \"x\": \"20", "has an unknown property: x")]
    [InlineData(
        "\"tenantId\": \"caps-automotive\",\n      \"columnName\"",
        "\"tenantId\": \"a\\u0000b\",\n      \"columnName\"",
        "its values cannot be those of an upgrade (The tenant id"
    )]
    [InlineData(
        "\"tenantId\": \"caps-automotive\",\n      \"columnName\"",
        "\"tenantId\": \"\\uD800\",\n      \"columnName\"",
        "its values cannot be those of an upgrade"
    )]
    public void A_report_that_was_written_by_somebody_else_is_refused(string from, string to, string why)
    {
        string report = UpgradeReport.Render(Run("succeeded"), ReportFormat.Json);
        report.ShouldContain(from);
        File.WriteAllText(Json, report.Replace(from, to, StringComparison.Ordinal));
        ShouldBeRefused(ErrorIds.ReportInvalid, why);
    }

    [Theory]
    [InlineData("startedAt", "2026-02-31T10:00:00Z")]
    [InlineData("startedAt", "2026-01-31T10:00:00+14:59")]
    public void A_day_that_there_never_was_is_refused(string name, string value)
    {
        JsonNode report = JsonNode.Parse(UpgradeReport.Render(Run("refused"), ReportFormat.Json))!;
        report[name] = value;
        File.WriteAllText(Json, report.ToJsonString());
        ShouldBeRefused(ErrorIds.ReportInvalid, "it is not the JSON of a report");
    }

    [Fact]
    public void Figures_that_add_up_to_more_than_there_are_numbers_are_refused()
    {
        JsonNode report = JsonNode.Parse(UpgradeReport.Render(Run("already-migrated"), ReportFormat.Json))!;
        JsonArray rows = report["migration"]!["distribution"]!.AsArray();
        JsonNode row = rows[0]!;
        row["rows"] = 1L << 48;
        for (int i = 0; i < 1 << 15; i++)
        {
            rows.Add(row.DeepClone());
        }

        File.WriteAllText(Json, report.ToJsonString());
        ShouldBeRefused(ErrorIds.ReportInvalid, "its values cannot be those of an upgrade");
    }

    [Fact]
    public void A_file_that_is_too_large_or_too_deep_is_refused_before_it_is_believed()
    {
        using (FileStream file = File.Create(Json))
        {
            file.SetLength((64 << 20) + 1);
        }

        ShouldBeRefused(ErrorIds.ReportInvalid, "it is larger than 67,108,864 bytes");
        File.WriteAllText(Json, "{\"schema\":\"PosTenancy.UpgradeReport\",\"version\":1,\"plan\":" + new string('[', 100_000));
        ShouldBeRefused(ErrorIds.ReportInvalid, "it is not the JSON of a report");
    }

    [Fact]
    public void A_file_that_is_not_there_and_a_folder_say_so()
    {
        ShouldBeRefused(ErrorIds.FileNotFound, "does not exist. Check the path.");
        Directory.CreateDirectory(Json);
        ShouldBeRefused(ErrorIds.PathIsFolder, "is a folder. Name the report in it.");
    }

    [Fact]
    public void A_byte_order_mark_and_another_layout_do_no_harm()
    {
        UpgradeResult result = Run("succeeded");
        string report = UpgradeReport.Render(result, ReportFormat.Json);
        File.WriteAllText(Json, JsonNode.Parse(report)!.ToJsonString(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));

        UpgradeReport.Render(UpgradeReport.Read(Json), ReportFormat.Json).ShouldBe(report);
    }

    private void ShouldBeRefused(string errorId, string why)
    {
        PosTenancyException refused = Should.Throw<PosTenancyException>(() => UpgradeReport.Read(Json));
        (refused.ErrorId, refused.Path).ShouldBe((errorId, Json), refused.Message);
        refused.Message.ShouldContain(why);
        refused.Message.ShouldContain(Json);
    }
}
