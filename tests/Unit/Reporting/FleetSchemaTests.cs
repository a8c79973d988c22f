using System.Text.Json;
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

        Problem(report).ShouldBeNull();
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
        Problem(Report(SampleFleet.Rehearse(Database))).ShouldBeNull();
        Problem(Report(new FleetRun([], DateTimeOffset.Now, TimeSpan.Zero))).ShouldBeNull();
    }

    [Fact]
    public void A_report_in_which_a_property_is_missing_added_or_of_another_type_is_none()
    {
        JsonNode report = Report(SampleFleet.Upgrade(Database));
        int tried = 0;

        Harm(report);

        Problem(report).ShouldBeNull("what was harmed was mended each time");
        tried.ShouldBeGreaterThan(100);

        void Harm(JsonNode node)
        {
            if (node is JsonArray { Count: > 0 } array)
            {
                Harm(array[0]!);
            }
            else if (node is JsonObject o)
            {
                ShouldBeFound(() => o.Add("extra", 1), () => o.Remove("extra"), "extra");
                foreach ((string name, JsonNode? value) in o.ToList())
                {
                    int at = o.IndexOf(name);
                    ShouldBeFound(() => o[name] = new JsonObject(), () => o[name] = value, name);
                    ShouldBeFound(() => o[name] = -1.5, () => o[name] = value, name);
                    ShouldBeFound(() => o.Remove(name), () => o.Insert(at, name, value), name);
                    if (value is not null)
                    {
                        Harm(value);
                    }
                }
            }
        }

        void ShouldBeFound(Action harm, Action mend, string name)
        {
            harm();
            Problem(report).ShouldNotBeNull(name).ShouldContain(name);
            mend();
            tried++;
        }
    }

    private static JsonNode Report(FleetRun run) => JsonNode.Parse(FleetReport.Render(run, ReportFormat.Json))!;

    private static string? Problem(JsonNode report)
    {
        using JsonDocument document = JsonDocument.Parse(report.ToJsonString());
        return new JsonSchema(Published).FindProblem(document.RootElement);
    }
}
