using System.Globalization;
using System.Text;

namespace PosTenancy.Engine.Tenants;

/// <summary>
/// How the values of a domain change: those that another tenant already has, and no others. Integers are moved by a distance to where no
/// key is; texts get an ending that no value of the source has. Both can be undone without a list of all keys.
/// </summary>
/// <param name="Columns">The columns of the domain, as table.column.</param>
internal sealed record KeyRule(IReadOnlyList<string> Columns)
{
    /// <summary>The integers that change.</summary>
    public KeyRanges Integers { get; init; } = new();

    /// <summary>How far they are moved.</summary>
    public long Distance { get; init; }

    /// <summary>The texts that change.</summary>
    public TextKeys Texts { get; init; } = new();

    /// <summary>What a text that changes gets at its end, in UTF-8.</summary>
    public byte[] Ending { get; init; } = [];

    /// <summary>
    /// Keys that rows got since, and that are the original keys of other rows: what they become where the original keys are restored.
    /// </summary>
    public NewKeys New { get; init; } = NewKeys.None;

    /// <summary>Whether nothing changes.</summary>
    public bool IsEmpty => Integers.IsEmpty && Texts.IsEmpty;

    /// <summary>The rule as a person reads it.</summary>
    public string Text => string.Join(
        ", ",
        new[]
        {
            Integers.IsEmpty ? "" : Distance.ToString("+#;-#", CultureInfo.InvariantCulture),
            Texts.IsEmpty ? "" : $"'{Encoding.UTF8.GetString(Ending)}' at the end",
        }.Where(t => t.Length > 0));

    /// <summary>The new value of an integer.</summary>
    public long Map(long value) =>
        New.FindKey(value) is { } key ? key :
        Integers.Contains(value) ? value + Distance : value;

    /// <summary>The original value of an integer.</summary>
    public long Back(long value) =>
        New.Integers.TryGetValue(value, out long free) ? free :
        !Integers.IsEmpty && unchecked(value - Distance) is var original && Integers.Contains(original) ? original : value;

    /// <summary>The new value of a text.</summary>
    /// <param name="value">The text in UTF-8.</param>
    /// <returns>The new text; <see langword="null"/> if it stays.</returns>
    public byte[]? Map(ReadOnlySpan<byte> value)
    {
        if (New.FindKey(value) is { } key)
        {
            return key;
        }

        if (!Texts.IsEmpty && Texts.Contains(value))
        {
            byte[] mapped = new byte[value.Length + Ending.Length];
            value.CopyTo(mapped);
            Ending.CopyTo(mapped, value.Length);
            return mapped;
        }

        // A column of texts may name a key of integers: SQLite compares them as numbers.
        return !Integers.IsEmpty && Number(value) is { } number && Map(number) is var moved && moved != number ? Digits(moved) : null;
    }

    /// <summary>The original value of a text.</summary>
    /// <param name="value">The text in UTF-8.</param>
    /// <returns>The original text; <see langword="null"/> if it is the same.</returns>
    public byte[]? Back(ReadOnlySpan<byte> value)
    {
        if (New.Find(value) is { } free)
        {
            return free;
        }

        if (!Texts.IsEmpty && value.Length >= Ending.Length && value.Slice(value.Length - Ending.Length).SequenceEqual(Ending))
        {
            return value.Slice(0, value.Length - Ending.Length).ToArray();
        }

        return !Integers.IsEmpty && Number(value) is { } number && Back(number) is var original && original != number
            ? Digits(original)
            : null;
    }

    /// <summary>The new value of a real number, which can name an integer.</summary>
    public double Map(double value) => AsInteger(value) is { } number ? Map(number) : value;

    /// <summary>The original value of a real number.</summary>
    public double Back(double value) => AsInteger(value) is { } number ? Back(number) : value;

    private static long? AsInteger(double value) => value is > -9e15 and < 9e15 && value == Math.Floor(value) ? (long)value : null;

    private static byte[] Digits(long value) => Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture));

    /// <summary>The integer that a text is, written as SQLite writes one.</summary>
    private static long? Number(ReadOnlySpan<byte> value)
    {
        if (value.Length is 0 or > 20 || !(value[0] is (byte)'-' or (>= (byte)'0' and <= (byte)'9')))
        {
            return null;
        }

        string text = Encoding.ASCII.GetString(value.ToArray());
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) &&
            number.ToString(CultureInfo.InvariantCulture) == text
            ? number
            : null;
    }
}

/// <summary>
/// Texts by their hashes, at most a fixed number: from there on every text counts as one of them. A hash that two texts share makes both
/// one of them, which is harmless: a key that changes without need is still followed by everything that names it.
/// </summary>
internal sealed class TextKeys
{
    private const int MaxKeys = 1 << 20;

    private readonly HashSet<ulong> _hashes = [];

    /// <summary>How the column compares texts.</summary>
    public TextComparison Comparison { get; init; }

    /// <summary>Whether every text is one of them.</summary>
    public bool IsAll { get; private set; }

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => !IsAll && _hashes.Count == 0;

    /// <summary>Every text.</summary>
    public static TextKeys All => new() { IsAll = true };

    /// <summary>Adds a text.</summary>
    public void Add(ReadOnlySpan<byte> text)
    {
        if (!IsAll && _hashes.Add(Hash(text)) && _hashes.Count > MaxKeys)
        {
            IsAll = true;
            _hashes.Clear();
        }
    }

    /// <summary>Whether a text is one of them.</summary>
    public bool Contains(ReadOnlySpan<byte> text) => IsAll || _hashes.Contains(Hash(text));

    /// <summary>FNV-1a with 64 bits, of the text as the column's collation sees it.</summary>
    private ulong Hash(ReadOnlySpan<byte> text)
    {
        int length = text.Length;
        while (Comparison == TextComparison.IgnoreTrailingSpaces && length > 0 && text[length - 1] == ' ')
        {
            length--;
        }

        ulong hash = 14695981039346656037;
        for (int i = 0; i < length; i++)
        {
            byte one = text[i];
            if (Comparison == TextComparison.IgnoreCase && one is >= (byte)'A' and <= (byte)'Z')
            {
                one += 32;
            }

            hash = unchecked((hash ^ one) * 1099511628211);
        }

        return hash;
    }
}

/// <summary>The collations that SQLite has.</summary>
internal enum TextComparison
{
    Exact,
    IgnoreCase,
    IgnoreTrailingSpaces,
}
