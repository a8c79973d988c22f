using System.Globalization;
using System.Text;

namespace PosTenancy.Engine.Statements.Trial;

/// <summary>A JSON object that has values at some paths.</summary>
internal sealed class JsonExample
{
    private readonly Dictionary<string, object?> _root = new(StringComparer.Ordinal);

    /// <summary>Adds a value, unless the path has one.</summary>
    /// <param name="path">A path such as <c>$.a.b</c>, or the name of a member; one with an array is left out.</param>
    /// <param name="value">The value.</param>
    public void Add(string path, object? value)
    {
        string[] members = path.StartsWith("$.", StringComparison.Ordinal) ? path.Substring(2).Split('.') : [path];
        if (members.Any(m => m.Length == 0 || m.IndexOfAny(['[', '"', '$']) >= 0))
        {
            return;
        }

        Dictionary<string, object?> at = _root;
        foreach (string member in members.Take(members.Length - 1))
        {
            if (!at.TryGetValue(member, out object? inner) || inner is not Dictionary<string, object?>)
            {
                at[member] = inner = new Dictionary<string, object?>(StringComparer.Ordinal);
            }

            at = (Dictionary<string, object?>)inner;
        }

        string last = members[members.Length - 1];
        if (!at.ContainsKey(last))
        {
            at[last] = value;
        }
    }

    /// <summary>The text of the object.</summary>
    public override string ToString() => Write(_root);

    /// <summary>A value as JSON.</summary>
    public static string Write(object? value)
    {
        switch (value)
        {
            case null or byte[]:
                return "null";
            case Dictionary<string, object?> members:
                return $"{{{string.Join(",", members.Select(m => $"{Write(m.Key)}:{Write(m.Value)}"))}}}";
            case IReadOnlyList<object?> items:
                return $"[{string.Join(",", items.Select(Write))}]";
            case string text:
                StringBuilder json = new("\"");
                foreach (char c in text)
                {
                    _ = c is '"' or '\\' ? json.Append('\\').Append(c)
                        : c < ' ' ? json.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture))
                        : json.Append(c);
                }

                return json.Append('"').ToString();
            default:
                return Convert.ToString(value, CultureInfo.InvariantCulture)!;
        }
    }
}
