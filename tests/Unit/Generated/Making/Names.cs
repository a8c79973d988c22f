using PosTenancy.Tests.Generated.Model;

namespace PosTenancy.Tests.Generated.Making;

/// <summary>Names as given by people and tools, and the ways to write them.</summary>
internal sealed class Names(Dice dice)
{
    private static readonly string[] Plain =
    [
        "items",
        "orders",
        "customers",
        "sales",
        "lines",
        "stock",
        "users",
        "log",
        "id",
        "sku",
        "name",
        "price",
        "qty",
        "note",
        "x",
        "y",
        "a",
        "b",
        "c",
        "d_1",
        "_e",
        "Zed",
    ];

    private static readonly string[] Odd =
    [
        "two words",
        "dot.ted",
        "it's",
        "say \"hi\"",
        "[bracket]",
        "a]b",
        "`tick`",
        "🛒",
        "Ünïcode",
        "select",
        "order",
        "table",
        "group",
        "CHECK",
        "semi;colon",
        "--",
        "/*",
        "x'41'",
        "a%b",
        "line\nbreak",
        "tenant_id_old",
        "my tenant_id",
        "tenant",
        "NULL",
        "1st",
        "$y",
        "(",
        "a,b",
        "rowid",
        "DEFAULT",
        "without",
        "e\u0301",
    ];

    private readonly HashSet<string> _objects = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A name that no table, index, view or trigger has yet.</summary>
    public string Object() => Free(_objects, Word());

    /// <summary>The given name, or a similar one if it is taken.</summary>
    public string Object(string wanted) => Free(_objects, wanted);

    /// <summary>A name that no column of the table has yet.</summary>
    public string Column(HashSet<string> taken) => Free(taken, Word());

    /// <summary>A valid spelling of a name: bare, or in any of the quotes that SQLite accepts.</summary>
    public string Write(string name)
    {
        bool isWord = Plain.Contains(name, StringComparer.OrdinalIgnoreCase);
        return dice.Between(0, 5) switch
        {
            0 when !name.Contains(']', StringComparison.Ordinal) => $"[{name}]",
            1 => "`" + name.Replace("`", "``", StringComparison.Ordinal) + "`",
            2 or 3 or 4 when isWord => dice.Chance(15) ? name.ToUpperInvariant() : name,
            _ => SqlWords.Quote(name),
        };
    }

    private string Word()
    {
        string word = dice.Chance(65) ? dice.Pick(Plain) : dice.Pick(Odd);
        return dice.Chance(10) ? word.ToUpperInvariant() : word;
    }

    private static string Free(HashSet<string> taken, string wanted)
    {
        string name = wanted;
        for (int n = 2; !taken.Add(name); n++)
        {
            name = $"{wanted}{n}";
        }

        return name;
    }
}
