using System.Text.Json;
using System.Text.Json.Nodes;
using PosTenancy.Engine.Reporting;

namespace PosTenancy.Tests.Reporting;

/// <summary>Tries whether a published schema notices a report that is not what it describes.</summary>
internal static class SchemaDamage
{
    /// <summary>The first problem of a report; <see langword="null"/> if there is none.</summary>
    public static string? Problem(JsonNode report, string schema)
    {
        using JsonDocument document = JsonDocument.Parse(report.ToJsonString());
        return new JsonSchema(schema).FindProblem(document.RootElement);
    }

    /// <summary>Adds, removes and changes each property of a good report, and requires that the schema names it each time.</summary>
    public static void ShouldBeFound(JsonNode report, string schema)
    {
        int tried = 0;

        Harm(report);

        Problem(report, schema).ShouldBeNull("what was harmed was mended each time");
        tried.ShouldBeGreaterThan(100);

        void Harm(JsonNode node)
        {
            if (node is JsonArray { Count: > 0 } array)
            {
                Harm(array[0]!);
            }
            else if (node is JsonObject o)
            {
                Try(() => o.Add("extra", 1), () => o.Remove("extra"), "extra");
                foreach ((string name, JsonNode? value) in o.ToList())
                {
                    int at = o.IndexOf(name);
                    Try(() => o[name] = new JsonObject(), () => o[name] = value, name);
                    Try(() => o[name] = -1.5, () => o[name] = value, name);
                    Try(() => o.Remove(name), () => o.Insert(at, name, value), name);
                    if (value is not null)
                    {
                        Harm(value);
                    }
                }
            }
        }

        void Try(Action harm, Action mend, string name)
        {
            harm();
            Problem(report, schema).ShouldNotBeNull(name).ShouldContain(name);
            mend();
            tried++;
        }
    }
}
