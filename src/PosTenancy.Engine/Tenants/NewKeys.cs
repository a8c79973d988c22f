using System.Globalization;
using System.Text;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Tenants;

/// <summary>
/// Keys that rows got after an import and that are the original keys of other rows, each with the free key that it gets where the original
/// keys are restored. There are few: such a key was taken by another tenant when the rows were imported.
/// </summary>
internal sealed class NewKeys
{
    private readonly Dictionary<string, byte[]> _texts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, byte[]> _keysOfTexts = new(StringComparer.Ordinal);
    private readonly Dictionary<long, long> _keysOfIntegers = [];

    /// <summary>No key.</summary>
    public static NewKeys None { get; } = new();

    /// <summary>The integers.</summary>
    public Dictionary<long, long> Integers { get; } = [];

    /// <summary>Every key as in a manifest.</summary>
    /// <param name="domain">The name of the domain.</param>
    public IEnumerable<StoredKey> All(string domain) => Integers
        .Select(i => new StoredKey(domain, Text(i.Key), Text(i.Value), IsText: false))
        .Concat(_texts.Select(t => new StoredKey(
            domain, Encoding.UTF8.GetString(Convert.FromBase64String(t.Key)), Encoding.UTF8.GetString(t.Value), IsText: true)));

    /// <summary>The free key of a text; <see langword="null"/> if it is not one of them.</summary>
    public byte[]? Find(ReadOnlySpan<byte> text) => Find(_texts, text);

    /// <summary>The key of the database that has this free key in an export; <see langword="null"/> if none has.</summary>
    public byte[]? FindKey(ReadOnlySpan<byte> free) => Find(_keysOfTexts, free);

    /// <summary>Same.</summary>
    public long? FindKey(long free) => _keysOfIntegers.TryGetValue(free, out long key) ? key : null;

    /// <summary>Reads the keys of a manifest.</summary>
    public static NewKeys From(IEnumerable<StoredKey> keys)
    {
        NewKeys all = new();
        foreach (StoredKey key in keys)
        {
            if (key.IsText)
            {
                (byte[] here, byte[] there) = (Encoding.UTF8.GetBytes(key.DatabaseKey), Encoding.UTF8.GetBytes(key.Key));
                all._texts[Convert.ToBase64String(here)] = there;
                all._keysOfTexts[Convert.ToBase64String(there)] = here;
            }
            else
            {
                long here = long.Parse(key.DatabaseKey, CultureInfo.InvariantCulture);
                long there = long.Parse(key.Key, CultureInfo.InvariantCulture);
                all.Integers[here] = there;
                all._keysOfIntegers[there] = here;
            }
        }

        return all;
    }

    /// <summary>Adds the new keys of a tenant to the rules that its import followed.</summary>
    /// <param name="slice">The rows of the tenant.</param>
    /// <param name="rules">The rules.</param>
    public static Dictionary<KeyDomain, KeyRule> AddTo(TenantSlice slice, IReadOnlyDictionary<KeyDomain, KeyRule> rules)
    {
        Dictionary<KeyDomain, KeyRule> all = [];
        foreach (KeyValuePair<KeyDomain, KeyRule> rule in rules)
        {
            NewKeys keys = new();
            keys.FindIntegers(slice, rule.Key, rule.Value);
            keys.FindTexts(slice, rule.Key, rule.Value);
            all.Add(rule.Key, rule.Value with { New = keys });
        }

        return all;
    }

    private static byte[]? Find(Dictionary<string, byte[]> texts, ReadOnlySpan<byte> text) =>
        texts.Count > 0 && texts.TryGetValue(Convert.ToBase64String(text.ToArray()), out byte[]? found) ? found : null;

    /// <summary>
    /// An integer that moved rows had originally, and that is no new value itself. References count too: one that names no row must not
    /// name one afterwards.
    /// </summary>
    private void FindIntegers(TenantSlice slice, KeyDomain domain, KeyRule rule)
    {
        if (rule.Integers.IsEmpty)
        {
            return;
        }

        long highest = rule.Integers.Last;
        SortedSet<long> taken = [];
        foreach (KeyColumn column in domain.Columns)
        {
            foreach (long value in slice.Connection.Query(
                $"SELECT DISTINCT t.{column.Quoted} FROM {column.From} AS t WHERE {slice.Condition("t")} " +
                $"AND typeof(t.{column.Quoted}) = 'integer'",
                static row => row.GetInt64(0),
                slice.Parameter))
            {
                highest = Math.Max(highest, rule.Back(value));
                if (rule.Integers.Contains(value) && rule.Back(value) == value)
                {
                    _ = taken.Add(value);
                }
            }
        }

        foreach (long value in taken)
        {
            Integers.Add(value, ++highest);
        }
    }

    /// <summary>A text without the ending of moved keys, beside the same text with it.</summary>
    private void FindTexts(TenantSlice slice, KeyDomain domain, KeyRule rule)
    {
        if (rule.Texts.IsEmpty)
        {
            return;
        }

        HashSet<string> texts = new(StringComparer.Ordinal);
        foreach (KeyColumn column in domain.Columns)
        {
            foreach (KeyColumn key in domain.Keys)
            {
                foreach (byte[] value in slice.Connection.Query(
                    $"SELECT DISTINCT t.{column.Quoted} FROM {column.From} AS t WHERE {slice.Condition("t")} " +
                    $"AND typeof(t.{column.Quoted}) = 'text' AND EXISTS (SELECT 1 FROM {key.From} AS p " +
                    $"WHERE {slice.Condition("p")} AND p.{key.Quoted} = t.{column.Quoted} || ?2)",
                    static row => row.GetUtf8(0).ToArray(),
                    slice.Parameter,
                    (ReadOnlyMemory<byte>)rule.Ending))
                {
                    string text = Encoding.UTF8.GetString(value);
                    if (texts.Add(text))
                    {
                        string free = FreeName.Find(text + "-new", "-", name => texts.Contains(name) || IsTaken(name));
                        _ = texts.Add(free);
                        _texts[Convert.ToBase64String(value)] = Encoding.UTF8.GetBytes(free);
                    }
                }
            }
        }

        bool IsTaken(string name) => domain.Columns.Any(c => slice.Connection.Scalar(
            $"SELECT EXISTS (SELECT 1 FROM {c.From} AS t WHERE {slice.Condition("t")} AND t.{c.Quoted} IN (?2, ?3))",
            slice.Parameter,
            name,
            name + Encoding.UTF8.GetString(rule.Ending)) != 0);
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A new key in the manifest of an export.</summary>
/// <param name="Domain">The key, as table.column.</param>
/// <param name="DatabaseKey">The key in the database.</param>
/// <param name="Key">The key in the export.</param>
/// <param name="IsText">Whether they are texts, and not integers.</param>
internal sealed record StoredKey(string Domain, string DatabaseKey, string Key, bool IsText);
