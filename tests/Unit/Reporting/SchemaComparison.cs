using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using PosTenancy.Engine.Reporting;

namespace PosTenancy.Tests.Reporting;

/// <summary>Compares a published schema with the types that are written.</summary>
internal static class SchemaComparison
{
    /// <summary>Detects a property that is missing from the schema or from the type, even if no test report has it.</summary>
    /// <param name="root">Type of the whole report.</param>
    /// <param name="schema">The schema.</param>
    /// <param name="file">File of the schema, for the message.</param>
    /// <param name="added">Properties that the report has besides those of its type.</param>
    /// <returns>The number of types that the schema describes.</returns>
    public static int Compare(Type root, JsonNode schema, string file, params string[] added)
    {
        Dictionary<Type, string> seen = [];
        Compare(root, schema, "the report");
        return seen.Count;

        void Compare(Type type, JsonNode definition, string at)
        {
            if (!seen.TryAdd(type, at))
            {
                return;
            }

            JsonTypeInfo info = JsonReport.Options.GetTypeInfo(type);
            JsonObject properties = definition["properties"]!.AsObject();
            string[] own = type == root ? added : [];
            properties.Select(p => p.Key).Order(StringComparer.Ordinal)
                .ShouldBe(info.Properties.Select(p => p.Name).Concat(own).Order(StringComparer.Ordinal), $"{file}, {at}");
            definition["required"]!
                .AsArray()
                .Select(r => r!.GetValue<string>())
                .ShouldBe(
                    properties.Where(p => p.Value!["$comment"] is null).Select(p => p.Key),
                    $"every property of {at} is required, except those that older versions do not have");
            definition["additionalProperties"]!.GetValue<bool>().ShouldBeFalse(at);
            foreach (JsonPropertyInfo property in info.Properties)
            {
                Type inner = property.PropertyType.IsGenericType ? property.PropertyType.GetGenericArguments()[0] : property.PropertyType;
                if (Definition(properties[property.Name]!) is { } found && found["properties"] is not null)
                {
                    Compare(inner, found, $"{at}.{property.Name}");
                }
                else
                {
                    inner.Namespace.ShouldNotBe(inner.IsEnum ? null : nameof(PosTenancy), $"{at}.{property.Name} is described");
                }

                if (inner.IsEnum)
                {
                    properties[property.Name]!["enum"]!
                        .AsArray()
                        .OfType<JsonNode>()
                        .Select(v => v.GetValue<string>())
                        .ShouldBe(Enum.GetNames(inner), $"{at}.{property.Name}");
                }
            }
        }

        JsonNode? Definition(JsonNode property)
        {
            JsonNode? reference = property["$ref"] ?? property["items"]?["$ref"] ?? property["anyOf"]?[0]?["$ref"];
            return reference is null ? null : schema["$defs"]![reference.GetValue<string>()["#/$defs/".Length..]];
        }
    }
}
