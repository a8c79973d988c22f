using System.Text.Json;
using System.Text.RegularExpressions;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Reporting;

/// <summary>
/// The subset of JSON Schema (2020-12) that docs/report.schema.json uses: reports are validated against the published file. A keyword that
/// is not supported here is a defect of PosTenancy and is not ignored.
/// </summary>
internal sealed class JsonSchema
{
    private static readonly TimeSpan PatternTimeout = TimeSpan.FromSeconds(1);

    private readonly JsonElement _root;

    public JsonSchema(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        _root = document.RootElement.Clone();
    }

    /// <summary>The schema of the reports that this release writes.</summary>
    public static JsonSchema OfReports { get; } = new(Published());

    /// <summary>The schema as published.</summary>
    public static string Published()
    {
        using StreamReader reader = new(typeof(JsonSchema).Assembly.GetManifestResourceStream("report.schema.json")!);
        return reader.ReadToEnd();
    }

    /// <summary>The first problem of a value and its location; <see langword="null"/> if there is none.</summary>
    public string? FindProblem(JsonElement value) => Problem(_root, value, "");

    private string? Problem(JsonElement schema, JsonElement value, string at) =>
        schema.EnumerateObject().Select(keyword => Problem(schema, keyword, value, at)).FirstOrDefault(problem => problem is not null);

    private string? Problem(JsonElement schema, JsonProperty keyword, JsonElement value, string at) =>
        keyword.Name switch
        {
            "$schema" or "$id" or "$defs" or "title" or "description" or "$comment" => null,
            "$ref" => Problem(Definition(keyword.Value.GetString()!), value, at),
            "type" => Types(keyword.Value).Any(type => Is(type, value))
                ? null
                : Say(at, $"is not {string.Join(" or ", Types(keyword.Value))}"),
            "const" => JsonEquals(keyword.Value, value) ? null : Say(at, $"is not {keyword.Value}"),
            "enum" => keyword.Value.EnumerateArray().Any(e => JsonEquals(e, value))
                ? null
                : Say(at, $"is not one of {string.Join(", ", keyword.Value.EnumerateArray())}"),
            "anyOf" => AnyOf(keyword.Value, value, at),
            "properties" => value.ValueKind == JsonValueKind.Object ? Properties(keyword.Value, value, at) : null,
            "required" => value.ValueKind == JsonValueKind.Object ? Required(keyword.Value, value, at) : null,
            "additionalProperties" => value.ValueKind == JsonValueKind.Object
                ? Additional(schema.GetProperty("properties"), value, at)
                : null,
            "items" => value.ValueKind == JsonValueKind.Array ? Items(keyword.Value, value, at) : null,
            "maxItems" => value.ValueKind != JsonValueKind.Array || value.GetArrayLength() <= keyword.Value.GetInt32()
                ? null
                : Say(at, $"has more than {keyword.Value} entries"),
            "minimum" => value.ValueKind != JsonValueKind.Number || value.GetDecimal() >= keyword.Value.GetDecimal()
                ? null
                : Say(at, $"is less than {keyword.Value}"),
            "maximum" => value.ValueKind != JsonValueKind.Number || value.GetDecimal() <= keyword.Value.GetDecimal()
                ? null
                : Say(at, $"is more than {keyword.Value}"),
            "minLength" => value.ValueKind != JsonValueKind.String || Characters(value) >= keyword.Value.GetInt32()
                ? null
                : Say(at, $"is shorter than {keyword.Value}"),
            "maxLength" => value.ValueKind != JsonValueKind.String || Characters(value) <= keyword.Value.GetInt32()
                ? null
                : Say(at, $"is longer than {keyword.Value}"),
            "pattern" => value.ValueKind != JsonValueKind.String || Matches(keyword.Value, value)
                ? null
                : Say(at, "has an invalid format"),
            _ => throw new NotSupportedException($"The schema has the keyword '{keyword.Name}', which is not supported."),
        };

    private JsonElement Definition(string reference) => _root.GetProperty("$defs").GetProperty(reference.Substring("#/$defs/".Length));

    private static IEnumerable<string> Types(JsonElement type) =>
        type.ValueKind == JsonValueKind.String ? [type.GetString()!] : type.EnumerateArray().Select(t => t.GetString()!);

    private static bool Is(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        _ => throw new NotSupportedException($"The schema has the type '{type}', which is not supported."),
    };

    private static bool JsonEquals(JsonElement expected, JsonElement value) =>
        expected.ValueKind == value.ValueKind &&
        expected.ValueKind switch
        {
            JsonValueKind.String => value.ValueEquals(expected.GetString()),
            JsonValueKind.Number => value.TryGetInt64(out long number) && number == expected.GetInt64(),
            _ => true,
        };

    /// <summary>The problem of the first alternative is more informative than that none of them matches.</summary>
    private string? AnyOf(JsonElement alternatives, JsonElement value, string at)
    {
        List<string?> problems = [.. alternatives.EnumerateArray().Select(a => Problem(a, value, at))];
        return problems.Contains(null) ? null : problems[0];
    }

    private string? Properties(JsonElement properties, JsonElement value, string at)
    {
        foreach (JsonProperty property in value.EnumerateObject())
        {
            if (properties.TryGetProperty(property.Name, out JsonElement schema) &&
                Problem(schema, property.Value, $"{at}.{property.Name}") is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private static string? Required(JsonElement names, JsonElement value, string at)
    {
        string? missing = names.EnumerateArray().Select(n => n.GetString()!).FirstOrDefault(name => !value.TryGetProperty(name, out _));
        return missing is null ? null : Say($"{at}.{missing}", "is missing");
    }

    /// <summary>Also rejects duplicate properties: readers differ in which of the two they use.</summary>
    private static string? Additional(JsonElement properties, JsonElement value, string at)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (JsonProperty property in value.EnumerateObject())
        {
            if (!properties.TryGetProperty(property.Name, out _))
            {
                return Say(at, $"has an unknown property: {Short(property.Name)}");
            }

            if (!seen.Add(property.Name))
            {
                return Say($"{at}.{property.Name}", "occurs twice");
            }
        }

        return null;
    }

    private string? Items(JsonElement items, JsonElement value, string at)
    {
        int index = 0;
        foreach (JsonElement item in value.EnumerateArray())
        {
            if (Problem(items, item, $"{at}[{index++}]") is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private static int Characters(JsonElement value) => value.GetString()!.Length;

    /// <summary>Matches the whole text: in .NET a dollar sign also matches before a line feed at the end.</summary>
    private static bool Matches(JsonElement pattern, JsonElement value)
    {
        string text = value.GetString()!;
        Match match = Regex.Match(text, pattern.GetString()!, RegexOptions.ECMAScript, PatternTimeout);
        return match.Success && match.Length == text.Length;
    }

    private static string Say(string at, string what) => $"{(at.Length == 0 ? "it" : at.TrimStart('.'))} {what}";

    private static string Short(string name) => VisibleText.Escape(name.Length <= 60 ? name : $"{name.Substring(0, 60)}…");
}
