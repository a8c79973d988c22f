using System.Text.Json.Nodes;
using PosTenancy.Engine.Reporting;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Reporting;

/// <summary>The published schema describes every property of the JSON report of a rollout, and no other.</summary>
public sealed class FleetSchemaTests : TestFolder
{
    private static readonly string Published = File.ReadAllText(Path.Combine(Repository.Root, "docs", "fleet.schema.json"));

    public FleetSchemaTests() => CreateSampleStore();

    [Fact]
    public void The_schema_knows_every_property_that_is_written_and_no_other() =>
        SchemaComparison.Compare(typeof(FleetJson), JsonNode.Parse(Published)!, "docs/fleet.schema.json").ShouldBe(7);

    [Fact]
    public void A_real_report_is_what_the_schema_says_and_each_property_has_a_value_somewhere()
    {
        FleetRun run = SampleFleet.Upgrade(Database);
        JsonNode report = Report(run);

        SchemaDamage.Problem(report, Published).ShouldBeNull();
        report.AsObject().ShouldAllBe(p => p.Value != null);
        JsonObject[] stores = [.. report["stores"]!.AsArray().Select(s => s!.AsObject())];
        stores.Length.ShouldBe(run.Results.Count);
        foreach (string name in stores[0].Select(p => p.Key))
        {
            stores.ShouldContain(s => s[name] != null, name);
        }
    }

    [Fact]
    public void A_rehearsal_and_a_rollout_without_stores_are_what_the_schema_says()
    {
        SchemaDamage.Problem(Report(SampleFleet.Rehearse(Database)), Published).ShouldBeNull();
        SchemaDamage.Problem(Report(new FleetRun([], DateTimeOffset.Now, TimeSpan.Zero)), Published).ShouldBeNull();
    }

    [Fact]
    public void A_report_in_which_a_property_is_missing_added_or_of_another_type_is_none() =>
        SchemaDamage.ShouldBeFound(Report(SampleFleet.Upgrade(Database)), Published);

    private static JsonNode Report(FleetRun run) => JsonNode.Parse(FleetReport.Render(run, ReportFormat.Json))!;
}
