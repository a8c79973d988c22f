using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace PosTenancy.Engine.Reporting;

/// <summary>The result itself for programs, with a name and a version so that a reader knows what it has in front of it.</summary>
internal static class JsonReport
{
    private const string Schema = "PosTenancy.UpgradeReport";
    private const int Version = 1;

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter() },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveOutSelections } },
    };

    public static string Render(UpgradeResult result)
    {
        JsonObject report = new() { ["schema"] = Schema, ["version"] = Version };
        foreach (JsonProperty property in JsonSerializer.SerializeToElement(result, Options).EnumerateObject())
        {
            report.Add(property.Name, property.Value.Deserialize<JsonNode>(Options));
        }

        return report.ToJsonString(Options) + "\n";
    }

    /// <summary>The plan's tables once: TenantTables, Changes, Blocked and Statements only pick from them.</summary>
    private static void LeaveOutSelections(JsonTypeInfo type)
    {
        if (type.Type != typeof(MigrationPlan))
        {
            return;
        }

        foreach (JsonPropertyInfo selection in type.Properties.Where(p => p.PropertyType.IsGenericType && p.PropertyType.GetGenericTypeDefinition() == typeof(IEnumerable<>)).ToList())
        {
            type.Properties.Remove(selection);
        }
    }
}
