namespace PosTenancy.Tests.Generated.Making;

/// <summary>Generates literals from a small set, so that keys collide and foreign keys find their parents.</summary>
internal sealed class Values(Dice dice)
{
    // Not the largest: after it SQLite assigns random rowids, and runs would differ.
    private static readonly string[] Integers =
    [
        "0",
        "1",
        "2",
        "3",
        "4",
        "5",
        "-1",
        "7",
        "9007199254740993",
        "-9223372036854775808",
        "2147483648",
    ];

    private static readonly string[] Reals = ["0.0", "-0.0", "1.5", "2.0", "0.1", "1e308", "-1e-308", "9e999", "123456789012345678.0"];

    private static readonly string[] Texts =
    [
        "''",
        "'a'",
        "'A'",
        "'a '",
        "'b'",
        "'c'",
        "'it''s'",
        "'ü'",
        "'🛒'",
        "'12'",
        "'1.0'",
        "' 3'",
        "'tenant_id'",
        "'e\u0301'",
        "'\uFEFF'",
        "'\u202E'",
        "'line\nbreak'",
        "'%'",
        "'-- no comment'",
        "'; DROP'",
        "CAST(x'61ff62' AS TEXT)",
    ];

    private static readonly string[] Blobs = ["x''", "x'00'", "x'ff00'", "x'61'", "zeroblob(700)", "zeroblob(5000)"];

    /// <summary>A value for a column of that type, occasionally of another type.</summary>
    public string For(string type)
    {
        if (dice.Chance(12))
        {
            return "NULL";
        }

        string kind = dice.Chance(15) ? "" : type.ToUpperInvariant();
        return kind switch
        {
            _ when kind.Contains("INT", StringComparison.Ordinal) || kind == "BOOLEAN" => Integer(),
            _ when kind.Contains("CHAR", StringComparison.Ordinal) || kind == "TEXT" || kind == "DATE" => dice.Pick(Texts),
            "REAL" or "NUMERIC" or "DECIMAL(10,2)" => dice.Chance(40) ? Integer() : dice.Pick(Reals),
            "BLOB" => dice.Pick(Blobs),
            _ => dice.Between(0, 9) switch
            {
                < 4 => Integer(),
                < 7 => dice.Pick(Texts),
                < 9 => dice.Pick(Reals),
                _ => dice.Pick(Blobs),
            },
        };
    }

    /// <summary>A constant value for a schema: DEFAULT, CHECK, WHERE of an index.</summary>
    public string Constant(string type) => For(type) is var value && value.Contains('(', StringComparison.Ordinal) ? $"({value})" : value;

    private string Integer() => dice.Chance(80) ? Integers[dice.Between(0, 5)] : dice.Pick(Integers);
}
