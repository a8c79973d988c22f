using System.Globalization;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Isolation;

/// <summary>Values that a column may accept, the most likely first.</summary>
internal sealed class CandidateValues(DatabaseConnection connection, TableSchema table, CheckConstraintHints checks)
{
    /// <summary>Placeholder for an omitted value: SQLite uses the default.</summary>
    public static readonly object Default = new();

    private const int MaxCandidates = 60;

    private static readonly string[] Texts =
    [
        "canary",
        "a",
        "A",
        "1",
        "0",
        "",
        "{}",
        "[]",
        "2001-02-03",
        "2001-02-03 04:05:06",
        "2001-02-03T04:05:06Z",
        "04:05",
        "04:05:06",
        "a@example.com",
        "https://example.com/",
        "+15550100",
        "EUR",
        "#000000",
        "true",
        "en",
        "0.0.0.0",
        "00000000000000000000000000000000",
        "00000000-0000-4000-8000-000000000000",
    ];

    /// <summary>The value for a column without an example in another row: its default, NULL, or a value of its type.</summary>
    public object? First(ColumnSchema column) =>
        column.DefaultSql is not null || table.IsRowId(column) ? Default
        : !column.IsNotNull ? null
        : Guess(column);

    /// <summary>Further values to try after a constraint rejected the first one.</summary>
    public IReadOnlyList<object?> More(ColumnSchema column)
    {
        IEnumerable<object?> values = checks.ValuesFor(column.Name);
        values = values.Concat(ColumnAffinities.FromDeclaredType(column.Type) is ColumnAffinity.Integer or ColumnAffinity.Real
            ? [1L, 0L, -1L, 2L, 100L, 2000L, 0.5, 1000000L, "canary"]
            : [.. Texts, 1L, 0L, -1L, 0.5, new byte[] { 0 }]);
        if (!column.IsNotNull)
        {
            values = values.Prepend(null);
        }

        return [.. values.Distinct().Take(MaxCandidates)];
    }

    /// <summary>Values that no row has in the column, in the form of existing ones where one can be recognized.</summary>
    public IReadOnlyList<object?> Fresh(ColumnSchema column, object? like)
    {
        List<object?> values = [];
        string seed = Guid.NewGuid().ToString("N");
        switch (like ?? Guess(column))
        {
            case long or double:
                // Not the next number: a column of another table may count on the same.
                values.AddRange(Beyond(column).Prepend(Other(0L)));
                break;
            case byte[] bytes:
                values.Add(
                    Enumerable.Range(0, Math.Max(bytes.Length, 1)).Select(i => Convert.ToByte(seed.Substring(i % 16 * 2, 2), 16)).ToArray()
                );
                break;
            case string text when like is not null:
                values.AddRange([InFormOf(text, seed, ""), InFormOf(text, seed, text), $"{text}-{seed.Substring(0, 6)}"]);
                break;
            default:
                break;
        }

        string[] made =
        [
            $"canary-{seed.Substring(0, 12)}",
            seed,
            new Guid(seed).ToString("D"),
            seed.Substring(0, 4).ToUpperInvariant(),
            $"canary.{seed.Substring(0, 8)}@example.com",
        ];
        values.AddRange(made);
        values.AddRange(More(column));
        return [.. values.Distinct().Take(MaxCandidates)];
    }

    /// <summary>
    /// A value of the same form that no other row is likely to have: a copied value may reference a row undetectably.
    /// </summary>
    public static object? Other(object? like)
    {
        string seed = Guid.NewGuid().ToString("N");
        return like switch
        {
            long => (1L << 40) + long.Parse(seed.Substring(0, 9), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
            string text => InFormOf(text, seed, ""),
            _ => like,
        };
    }

    private static object Guess(ColumnSchema column)
    {
        bool Has(string part) => column.Type.IndexOf(part, StringComparison.OrdinalIgnoreCase) >= 0;
        return ColumnAffinities.FromDeclaredType(column.Type) switch
        {
            ColumnAffinity.Integer => 1L,
            ColumnAffinity.Real => 1.0,
            ColumnAffinity.Numeric when Has("DATE") || Has("TIME") => "2001-02-03 04:05:06",
            ColumnAffinity.Numeric => 1L,
            ColumnAffinity.None when Has("BLOB") => new byte[] { 0x63 },
            _ => "canary",
        };
    }

    /// <summary>The numbers after the largest and before the smallest value.</summary>
    private IEnumerable<object?> Beyond(ColumnSchema column)
    {
        string name = "t." + Identifier.Quote(column.Name);
        object?[] beyond =
        [
            .. connection
                .Query(
                    $"SELECT coalesce(max({name}), 0) + 1, coalesce(min({name}), 2) - 1 FROM main.{Identifier.Quote(table.Name)} AS t " +
                    $"WHERE typeof({name}) IN ('integer', 'real')",
                    static row => new[] { row.GetValue(0), row.GetValue(1) })
                .First(),
        ];
        return beyond.Where(v => v is long or double).Concat(Enumerable.Range(1, 20).Select(i => (object)(long)i));
    }

    /// <summary>
    /// Replaces letters by letters and digits by digits, so that lengths and patterns remain; <paramref name="kept"/> names what keeps its
    /// first
    /// half as well.
    /// </summary>
    private static string InFormOf(string text, string seed, string kept)
    {
        char[] form = text.ToCharArray();
        for (int i = kept.Length / 2; i < form.Length; i++)
        {
            int random = int.Parse(seed.Substring(i % 31, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            form[i] = form[i] switch
            {
                >= '0' and <= '9' => (char)('0' + (random % 10)),
                >= 'a' and <= 'f' => (char)('a' + (random % 6)),
                >= 'g' and <= 'z' => (char)('a' + (random % 26)),
                >= 'A' and <= 'F' => (char)('A' + (random % 6)),
                >= 'G' and <= 'Z' => (char)('A' + (random % 26)),
                char other => other,
            };
        }

        return new string(form);
    }
}
