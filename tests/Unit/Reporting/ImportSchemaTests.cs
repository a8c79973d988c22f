using System.Text.Json.Nodes;
using PosTenancy.Engine.Reporting;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Reporting;

/// <summary>The published schema describes every property of the JSON report of an import, and no other.</summary>
public sealed class ImportSchemaTests : TestFolder
{
    private static readonly string Published = File.ReadAllText(Path.Combine(Repository.Root, "docs", "import.schema.json"));

    [Fact]
    public void The_schema_knows_every_property_that_is_written_and_no_other() =>
        SchemaComparison.Compare(typeof(ImportJson), JsonNode.Parse(Published)!, "docs/import.schema.json").ShouldBe(6);

    [Fact]
    public void A_real_report_is_what_the_schema_says_and_each_property_has_a_value_somewhere()
    {
        TenantImportRun run = SampleImport.Run(Database);
        run = run with { Results = [run.Results[0] with { Recovery = "An import was interrupted." }, .. run.Results.Skip(1)] };
        JsonNode report = Report(run);

        SchemaDamage.Problem(report, Published).ShouldBeNull();
        report.AsObject().ShouldAllBe(p => p.Value != null);
        JsonObject[] sources = [.. report["sources"]!.AsArray().Select(s => s!.AsObject())];
        sources.Length.ShouldBe(run.Results.Count);
        foreach (string name in sources[0].Select(p => p.Key))
        {
            sources.ShouldContain(s => s[name] != null, name);
        }
    }

    [Fact]
    public void An_import_that_was_refused_is_what_the_schema_says()
    {
        TenantImportResult refused = new("/hq.db", "/a.db", "a", TenantChangeStatus.Refused, DateTimeOffset.Now, TimeSpan.Zero)
        {
            Error = new Failure(ErrorIds.DatabaseInUse, "Another program uses the database."),
        };

        SchemaDamage.Problem(Report(new TenantImportRun("/hq.db", [refused], DateTimeOffset.Now, TimeSpan.Zero)), Published).ShouldBeNull();
    }

    [Fact]
    public void A_report_in_which_a_property_is_missing_added_or_of_another_type_is_none() =>
        SchemaDamage.ShouldBeFound(Report(SampleImport.Run(Database)), Published);

    private static JsonNode Report(TenantImportRun run) => JsonNode.Parse(ImportReport.Render(run, ReportFormat.Json))!;
}
