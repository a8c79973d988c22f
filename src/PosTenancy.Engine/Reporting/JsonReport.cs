using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace PosTenancy.Engine.Reporting;

/// <summary>The result for programs, with a name and a version so that a reader can identify the format.</summary>
internal static class JsonReport
{
    public const string Schema = "PosTenancy.UpgradeReport";
    public const int Version = 2;

    /// <summary>Options for writing and reading a result.</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter() },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveOutSelections, LeaveOutOrigin } },
    };

    public static string Render(UpgradeResult result)
    {
        JsonObject report = new() { ["schema"] = Schema, ["version"] = Version };
        foreach (JsonProperty property in JsonSerializer.SerializeToElement(result, Options).EnumerateObject())
        {
            report.Add(property.Name, property.Value.Deserialize<JsonNode>(Options));
        }

        return Text(report.ToJsonString(Options));
    }

    /// <summary>The same bytes on every system: Windows would use its own line ends.</summary>
    public static string Text(string json) => json.Replace("\r\n", "\n") + "\n";

    /// <summary>Writes the plan's tables once: TenantTables, Changes, Blocked and Statements are selections from them.</summary>
    private static void LeaveOutSelections(JsonTypeInfo type)
    {
        if (type.Type == typeof(MigrationPlan))
        {
            Remove(type, p => p.PropertyType.IsGenericType && p.PropertyType.GetGenericTypeDefinition() == typeof(IEnumerable<>));
        }
    }

    /// <summary>Leaves out the origin, so that a report that is read and written again is identical.</summary>
    private static void LeaveOutOrigin(JsonTypeInfo type)
    {
        if (type.Type == typeof(UpgradeResult))
        {
            Remove(
                type,
                p =>
                    string.Equals(
                        p.Name,
                        JsonNamingPolicy.CamelCase.ConvertName(nameof(UpgradeResult.ImportedFrom)),
                        StringComparison.Ordinal));
        }
    }

    private static void Remove(JsonTypeInfo type, Func<JsonPropertyInfo, bool> condition)
    {
        foreach (JsonPropertyInfo property in type.Properties.Where(condition).ToList())
        {
            type.Properties.Remove(property);
        }
    }
}
