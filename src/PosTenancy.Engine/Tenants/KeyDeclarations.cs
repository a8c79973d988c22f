using System.Collections;
using System.Text.Json;

namespace PosTenancy.Engine.Tenants;

/// <summary>
/// What a user declares of keys that the schema does not tell: references without a foreign key, pairs of a type and an id, ids in JSON,
/// and keys that may change or must not.
/// </summary>
public sealed class KeyDeclarations
{
    private const string TypeEntry = "Type";

    private readonly List<Declaration> _declarations;

    private KeyDeclarations(List<Declaration> declarations) => _declarations = declarations;

    /// <summary>No declaration.</summary>
    public static KeyDeclarations None { get; } = new([]);

    /// <summary>Every declaration, as it is written to a file.</summary>
    internal IReadOnlyList<Declaration> All => _declarations;

    /// <summary>Reads declarations.</summary>
    /// <param name="entries">
    /// <c>table.column</c> and what it is: <c>parent</c> or <c>parent.column</c> for a reference; <c>Key</c> for a key that may get a new
    /// value; <c>Natural</c> for one that must not; <c>None</c> for a column that is no reference (for these three, the table can be a
    /// pattern, as in <c>*.id</c>); or a dictionary: JSON paths
    /// (<c>$.customer_id</c>) and what each references, or the words in a type column and what each references, with the name of that
    /// column under <c>Type</c>.
    /// </param>
    /// <exception cref="PosTenancyException">An entry cannot be read.</exception>
    public static KeyDeclarations Parse(IDictionary entries)
    {
        List<Declaration> declarations = [];
        foreach (DictionaryEntry entry in entries)
        {
            string place = Convert.ToString(entry.Key, System.Globalization.CultureInfo.InvariantCulture) ?? "";
            (string Table, string? Column) column = Split(place);
            if (column.Column is null)
            {
                throw Invalid(place, "name a column as table.column");
            }

            declarations.AddRange(Unwrapped(entry.Value) is IDictionary inner
                ? Inner(place, column.Table, column.Column, inner)
                : [new Declaration(column.Table, column.Column, Word(place, entry.Value))]);
        }

        return new KeyDeclarations(declarations);
    }

    /// <summary>Reads declarations from a JSON file.</summary>
    /// <param name="path">Full path of the file: an object of what <see cref="Parse"/> takes.</param>
    /// <exception cref="PosTenancyException">The file or an entry cannot be read.</exception>
    public static KeyDeclarations Read(string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            return Parse(Entries(document.RootElement));
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            throw Invalid(path, exception.Message);
        }

        static Dictionary<string, object> Entries(JsonElement element) => element.EnumerateObject().ToDictionary(
            p => p.Name,
            p => p.Value.ValueKind == JsonValueKind.Object ? Entries(p.Value) : (object)(p.Value.GetString() ?? ""),
            StringComparer.Ordinal);
    }

    /// <summary>The error for a value that is no declaration.</summary>
    /// <param name="type">What it is.</param>
    public static PosTenancyException Unreadable(string type) => Invalid(type, "give a hashtable, or the path of a JSON file");

    /// <summary>Restores declarations that were written to a file.</summary>
    internal static KeyDeclarations From(IEnumerable<Declaration> declarations) => new([.. declarations]);

    internal static PosTenancyException Invalid(string place, string what) => Errors.KeyMapInvalid(place, what);

    /// <summary>The table and the column of <c>table.column</c>; a name may be in double quotes.</summary>
    internal static (string Table, string? Column) Split(string text)
    {
        bool isQuoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            isQuoted ^= text[i] == '"';
            if (text[i] == '.' && !isQuoted)
            {
                return (Plain(text.Substring(0, i)), Plain(text.Substring(i + 1)));
            }
        }

        return (Plain(text), null);

        static string Plain(string name) =>
            name.Length > 1 && name[0] == '"' && name[name.Length - 1] == '"'
                ? name.Substring(1, name.Length - 2).Replace("\"\"", "\"")
                : name;
    }

    private static IEnumerable<Declaration> Inner(string place, string table, string column, IDictionary inner)
    {
        List<(string Name, string Target)> entries = [];
        string? type = null;
        foreach (DictionaryEntry entry in inner)
        {
            string name = Convert.ToString(entry.Key, System.Globalization.CultureInfo.InvariantCulture) ?? "";
            if (name.Equals(TypeEntry, StringComparison.OrdinalIgnoreCase))
            {
                type = Word(place, entry.Value);
            }
            else
            {
                entries.Add((name, Word(place, entry.Value)));
            }
        }

        bool isJson = entries.TrueForAll(e => e.Name.StartsWith("$", StringComparison.Ordinal));
        if (entries.Count == 0 || (isJson ? type is not null : type is null))
        {
            throw Invalid(place, "give JSON paths that begin with $, or the words of a type column and its name under Type");
        }

        return entries.Select(e => new Declaration(table, column, e.Target)
        {
            TypeColumn = type,
            Word = isJson ? null : e.Name,
            JsonPath = isJson ? e.Name : null,
        });
    }

    private static object? Unwrapped(object? value) =>
        value?.GetType().GetProperty("BaseObject")?.GetValue(value) ?? value;

    private static string Word(string place, object? value) =>
        Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) is { Length: > 0 } word
            ? word
            : throw Invalid(place, "it has no value");
}

/// <summary>One declaration about a column.</summary>
/// <param name="Table">The table.</param>
/// <param name="Column">The column.</param>
/// <param name="Target">What it references: a table, or table.column; or <c>Key</c>, <c>Natural</c>, <c>None</c>.</param>
internal sealed record Declaration(string Table, string Column, string Target)
{
    /// <summary>The column that says what kind of row the value names; <see langword="null"/> if it always is the same.</summary>
    public string? TypeColumn { get; init; }

    /// <summary>The value of the type column for which this holds.</summary>
    public string? Word { get; init; }

    /// <summary>The place of the value in a JSON text; <see langword="null"/> if the whole value is meant.</summary>
    public string? JsonPath { get; init; }

    public bool IsKey => Is("Key");

    public bool IsNatural => Is("Natural");

    public bool IsNone => Is("None");

    /// <summary>Whether it names a reference.</summary>
    public bool IsReference => !IsKey && !IsNatural && !IsNone;

    /// <summary>The declaration as a person writes it.</summary>
    public override string ToString() => $"{Table}.{Column}{(JsonPath ?? (Word is null ? "" : $" ({TypeColumn} = {Word})"))} = {Target}";

    private bool Is(string word) => Target.Equals(word, StringComparison.OrdinalIgnoreCase);
}
