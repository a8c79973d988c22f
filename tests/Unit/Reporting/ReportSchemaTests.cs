using System.Text.Json;
using System.Text.Json.Nodes;
using PosTenancy.Engine.Reporting;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Reporting;

/// <summary>The published schema describes every property of a JSON report, and no other.</summary>
public sealed class ReportSchemaTests : UpgradeCases
{
    [Fact]
    public void The_engine_reads_by_the_schema_that_is_published() =>
        JsonSchema.Published().ShouldBe(File.ReadAllText(Path.Combine(Repository.Root, "docs", "report.schema.json")));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_real_report_is_what_the_schema_says(string name) => Problem(Report(Run(name))).ShouldBeNull();

    [Fact]
    public void The_schema_knows_every_property_of_a_result_and_no_other() =>
        SchemaComparison.Compare(
            typeof(UpgradeResult),
            JsonNode.Parse(JsonSchema.Published())!,
            "docs/report.schema.json",
            "schema",
            "version").ShouldBeGreaterThan(12);

    [Fact]
    public void A_report_in_which_anything_is_missing_added_or_of_another_type_is_none()
    {
        JsonNode report = Report(Run("succeeded"));
        int tried = 0;

        Harm(report);

        Problem(report).ShouldBeNull("what was harmed was mended each time");
        tried.ShouldBeGreaterThan(800);

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
                    foreach (
                        JsonNode? wrong in new JsonNode?[]
                        {
                            new JsonObject(),
                            JsonValue.Create(-1.5),
                            JsonValue.Create("\u0000?"),
                            JsonValue.Create(true),
                            null,
                            new JsonArray(new JsonArray()),
                        })
                    {
                        if (Kind(wrong) != Kind(value) && !IsAllowed(name, wrong))
                        {
                            ShouldBeFound(() => o[name] = wrong?.DeepClone(), () => o[name] = value, name);
                        }
                    }

                    // Earlier reports do not have these.
                    if (name
                        is not (
                            "lockedTime"
                            or "downtime"
                            or "requiredBytes"
                            or "provedBy"
                            or "referenceTable"
                            or "tenantFor"
                            or "tenantFrom"
                            or "places"
                            or "recordedSharedTables"
                            or "hasChanges"))
                    {
                        ShouldBeFound(() => o.Remove(name), () => o.Insert(at, name, value), name);
                    }

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

        static JsonValueKind? Kind(JsonNode? node) =>
            node?.GetValueKind() is JsonValueKind.False ? JsonValueKind.True : node?.GetValueKind();

        // Properties whose value may also be null or a text, unlike in this report.
        static bool IsAllowed(string name, JsonNode? wrong) =>
            wrong?.GetValueKind() switch
            {
                null => name
                    is "before"
                        or "recovery"
                        or "plan"
                        or "backup"
                        or "rehearsal"
                        or "migration"
                        or "meetsTarget"
                        or "lockedTime"
                        or "downtime"
                        or "requiredBytes"
                        or "provedBy"
                        or "recordedSharedTables"
                        or "availableBytes"
                        or "rows"
                        or "indexName"
                        or "backupPath"
                        or "nullTenantIds"
                        or "rowsAfter"
                        or "tenantId",
                JsonValueKind.String => name
                    is "historyTable"
                        or "reportPath"
                        or "openElsewhereNotChecked"
                        or "problem"
                        or "indexName"
                        or "tenantFrom"
                        or "tenantId",
                JsonValueKind.True => name is "meetsTarget",
                _ => false,
            };
    }

    private static JsonNode Report(UpgradeResult result) => JsonNode.Parse(UpgradeReport.Render(result, ReportFormat.Json))!;

    private static string? Problem(JsonNode report)
    {
        using JsonDocument document = JsonDocument.Parse(report.ToJsonString());
        return JsonSchema.OfReports.FindProblem(document.RootElement);
    }
}
