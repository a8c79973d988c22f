using System.Text.Json.Nodes;
using PosTenancy.Engine.Reporting;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Reporting;

/// <summary>The published schema describes every property of the JSON report of a change of one tenant, and no other.</summary>
public sealed class ChangeSchemaTests : TestFolder
{
    private static readonly string Published = File.ReadAllText(Path.Combine(Repository.Root, "docs", "change.schema.json"));

    [Theory]
    [InlineData(typeof(TenantRenameResult), "rename", 7)]
    [InlineData(typeof(TenantRestoreResult), "restore", 9)]
    [InlineData(typeof(TenantRemovalResult), "removal", 9)]
    [InlineData(typeof(CompletionResult), "completion", 8)]
    public void The_schema_knows_every_property_that_is_written_and_no_other(Type result, string change, int types)
    {
        JsonNode schema = JsonNode.Parse(Published)!;
        JsonObject definition = schema["$defs"]![change]!.DeepClone().AsObject();
        definition["$defs"] = schema["$defs"]!.DeepClone();

        SchemaComparison.Compare(result, definition, $"docs/change.schema.json, {change}").ShouldBe(types);
    }

    [Fact]
    public void Real_reports_are_what_the_schema_says_and_each_property_has_a_value_somewhere()
    {
        IReadOnlyList<TenantChangeResult> results = SampleChanges.Run(Database);
        foreach (IGrouping<Type, TenantChangeResult> kind in results.GroupBy(r => r.GetType()))
        {
            TenantChangeResult rare = kind.First() with { Recovery = "Interrupted.", Warnings = ["Odd."], ReportPath = "/report.json" };
            JsonNode[] reports = [.. kind.Append(rare).Select(Report)];
            foreach (JsonNode report in reports)
            {
                SchemaDamage.Problem(report, Published).ShouldBeNull(kind.Key.Name);
                SchemaDamage.Problem(report, Only(report)).ShouldBeNull(kind.Key.Name);
            }

            foreach (string name in reports[0]["result"]!.AsObject().Select(p => p.Key))
            {
                reports.ShouldContain(r => HasValue(r["result"]![name]), $"{kind.Key.Name}.{name}");
            }
        }
    }

    [Fact]
    public void A_report_in_which_a_property_is_missing_added_or_of_another_type_is_none()
    {
        foreach (JsonNode report in SampleChanges.Run(Database).Where(r => r.Error is null).Select(Report))
        {
            SchemaDamage.ShouldBeFound(report, Only(report));
        }
    }

    private static JsonNode Report(TenantChangeResult result) =>
        JsonNode.Parse(ChangeReport.Render(result, ReportFormat.Json))!;

    private static bool HasValue(JsonNode? node) => node is not null and not JsonArray { Count: 0 };

    /// <summary>The published schema for the change of this report alone, so that a problem is one of its own properties.</summary>
    private static string Only(JsonNode report)
    {
        JsonNode schema = JsonNode.Parse(Published)!;
        schema["properties"]!["result"] = new JsonObject { ["$ref"] = $"#/$defs/{report["change"]!.GetValue<string>()}" };
        return schema.ToJsonString();
    }
}
