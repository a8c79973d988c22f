using System.Text.Json.Nodes;
using PosTenancy.Engine.Reporting;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Reporting;

/// <summary>The published schema describes every property of the JSON report of statements, and no other.</summary>
public sealed class StatementSchemaTests : TestFolder
{
    private static readonly string Published = File.ReadAllText(Path.Combine(Repository.Root, "docs", "statement.schema.json"));

    [Fact]
    public void The_schema_knows_every_property_that_is_written_and_no_other() =>
        SchemaComparison.Compare(typeof(StatementJson), JsonNode.Parse(Published)!, "docs/statement.schema.json").ShouldBe(4);

    [Fact]
    public void A_report_is_what_the_schema_says_and_each_property_has_a_value_somewhere()
    {
        JsonNode report = Report();

        SchemaDamage.Problem(report, Published).ShouldBeNull();
        report.AsObject().ShouldAllBe(p => p.Value != null);
        JsonObject[] results = [.. report["results"]!.AsArray().Select(s => s!.AsObject())];
        foreach (string name in results[0].Select(p => p.Key))
        {
            results.ShouldContain(s => s[name] != null, name);
        }
    }

    [Fact]
    public void A_report_in_which_a_property_is_missing_added_or_of_another_type_is_none() =>
        SchemaDamage.ShouldBeFound(Report(), Published);

    private JsonNode Report() => JsonNode.Parse(StatementReport.Render(SampleStatements.Run(Database, Folder), ReportFormat.Json))!;
}
