using System.Globalization;
using System.Text;
using System.Text.Json;

namespace PosTenancy.Engine.Tenants;

/// <summary>
/// Ids inside JSON texts. Only the bytes of an id are replaced: everything else of a text stays as it was written.
/// </summary>
/// <param name="paths">Where ids are: <c>$.customer_id</c>, <c>$.items[*].product_id</c>; and the rule for each.</param>
internal sealed class JsonReferences(IReadOnlyList<(string Path, KeyRule Rule)> paths)
{
    private readonly (string[] Steps, KeyRule Rule)[] _paths = [.. paths.Select(p => (Steps(p.Path), p.Rule))];

    /// <summary>The name that a path ends with; <see langword="null"/> if it ends with the elements of an array.</summary>
    public static string? LastName(string path) => Steps(path).LastOrDefault() is { } last && last != "*" ? last : null;

    /// <summary>Replaces the ids of a text.</summary>
    /// <param name="json">The text in UTF-8; one that is no JSON has no ids.</param>
    /// <param name="isBack">Whether to replace new values by the original ones.</param>
    /// <returns>The new text; <see langword="null"/> if it stays.</returns>
    public byte[]? Replace(ReadOnlySpan<byte> json, bool isBack)
    {
        List<(int Start, int End, byte[] Value)> edits = [];
        try
        {
            Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = 256 });
            List<string> place = [];
            List<bool> isArray = [];
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        place[place.Count - 1] = reader.GetString() ?? "";
                        break;
                    case JsonTokenType.StartObject:
                    case JsonTokenType.StartArray:
                        isArray.Add(reader.TokenType == JsonTokenType.StartArray);
                        place.Add("*");
                        break;
                    case JsonTokenType.EndObject:
                    case JsonTokenType.EndArray:
                        isArray.RemoveAt(isArray.Count - 1);
                        place.RemoveAt(place.Count - 1);
                        break;
                    case JsonTokenType.Number:
                    case JsonTokenType.String:
                        Edit(ref reader, place, edits, isBack);
                        break;
                }
            }
        }
        catch (JsonException)
        {
            return null;
        }

        return edits.Count == 0 ? null : Apply(json, edits);
    }

    private void Edit(ref Utf8JsonReader reader, List<string> place, List<(int Start, int End, byte[] Value)> edits, bool isBack)
    {
        foreach ((string[] steps, KeyRule rule) in _paths)
        {
            if (!place.SequenceEqual(steps, StringComparer.Ordinal))
            {
                continue;
            }

            int start = (int)reader.TokenStartIndex;
            if (reader.TokenType == JsonTokenType.Number)
            {
                if (reader.TryGetInt64(out long number) &&
                    (isBack ? rule.Back(number) : rule.Map(number)) is var changed && changed != number)
                {
                    edits.Add((start, (int)reader.BytesConsumed, Encoding.ASCII.GetBytes(changed.ToString(CultureInfo.InvariantCulture))));
                }
            }
            else
            {
                byte[] text = Encoding.UTF8.GetBytes(reader.GetString()!);
                if ((isBack ? rule.Back(text) : rule.Map(text)) is { } changed)
                {
                    edits.Add((start, (int)reader.BytesConsumed, JsonSerializer.SerializeToUtf8Bytes(Encoding.UTF8.GetString(changed))));
                }
            }

            return;
        }
    }

    private static byte[] Apply(ReadOnlySpan<byte> json, List<(int Start, int End, byte[] Value)> edits)
    {
        using MemoryStream text = new();
        int end = 0;
        foreach ((int start, int stop, byte[] value) in edits)
        {
            text.Write(json.Slice(end, start - end).ToArray(), 0, start - end);
            text.Write(value, 0, value.Length);
            end = stop;
        }

        text.Write(json.Slice(end).ToArray(), 0, json.Length - end);
        return text.ToArray();
    }

    /// <summary>The names of a path, with * for the elements of an array.</summary>
    private static string[] Steps(string path) =>
        [.. path.Replace("[*]", ".*").TrimStart('$').Split(['.'], StringSplitOptions.RemoveEmptyEntries)];
}
