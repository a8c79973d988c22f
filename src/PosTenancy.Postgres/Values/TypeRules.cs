using PosTenancy.Engine.Schema;
using SQLitePCL;

namespace PosTenancy.Postgres.Values;

/// <summary>The type that a column gets, or why it gets none.</summary>
/// <param name="Type">The type; of a refused column one that a plan can still show.</param>
/// <param name="Kind">What happens to the values.</param>
/// <param name="Rule">The rule, or why no type holds all values.</param>
internal readonly record struct TypeDecision(PostgresType Type, ColumnConversionKind Kind, string Rule)
{
    /// <summary>Whether there is no value yet, so that the declared type alone decided.</summary>
    public bool IsDeclaredOnly { get; init; }
}

/// <summary>
/// The narrowest type that holds every value of a column exactly, and what its declared type lets the application store next. The rules
/// are published in docs/postgres-types.md, under the names that the ledger gives.
/// </summary>
internal static class TypeRules
{
    /// <summary>Decides on a column.</summary>
    /// <param name="column">The column.</param>
    /// <param name="found">Its values.</param>
    /// <param name="place">A row in words.</param>
    /// <param name="chosen">The conversion that was chosen for it.</param>
    /// <param name="datesBecomeTypes">Whether a date may become a date.</param>
    public static TypeDecision Decide(
        ColumnSchema column, ColumnFinding found, Func<long, string> place, ValueConversion? chosen, bool datesBecomeTypes)
    {
        if (chosen is { } conversion)
        {
            return Convert(conversion, found, place);
        }

        if (Unreadable(found, place) is { } why)
        {
            return Refuse(PostgresType.Text, why);
        }

        return (found.Integers > 0, found.Reals > 0, found.Texts > 0, found.Blobs > 0) switch
        {
            (false, false, false, false) => Keep(Declared(column), "no values: the declared type") with { IsDeclaredOnly = true },
            (true, false, false, false) when HoldsFractions(column) && found.FirstLargeInteger is null =>
                new TypeDecision(PostgresType.Double, ColumnConversionKind.Converted, "IntegersAsDouble"),
            (true, false, false, false) => Keep(PostgresType.Bigint, "integers"),
            (false, true, false, false) => Keep(PostgresType.Double, "real numbers"),
            (true, true, false, false) when found.FirstLargeInteger is { } large => Refuse(
                PostgresType.Double,
                $"{place(large)} has an integer beyond 2^53 beside real numbers, and no type holds both exactly"),
            (true, true, false, false) => new TypeDecision(PostgresType.Double, ColumnConversionKind.Converted, "IntegersAsDouble"),
            (false, false, true, false) => Texts(found, datesBecomeTypes),
            (false, false, false, true) => Keep(PostgresType.Bytea, "blobs"),
            _ => Mixed(column, found, place),
        };
    }

    private static TypeDecision Texts(ColumnFinding found, bool datesBecomeTypes) => (datesBecomeTypes, found.Form) switch
    {
        (true, TextForm.Date) => new TypeDecision(PostgresType.Date, ColumnConversionKind.Converted, "TextAsDate"),
        (true, TextForm.DateTime) => new TypeDecision(PostgresType.Timestamp, ColumnConversionKind.Converted, "TextAsTimestamp"),
        _ => Keep(PostgresType.Text, "texts"),
    };

    /// <summary>What a chosen conversion makes of the values; it never drops a byte in silence.</summary>
    private static TypeDecision Convert(ValueConversion conversion, ColumnFinding found, Func<long, string> place)
    {
        if (conversion == ValueConversion.Text)
        {
            string? why = Unreadable(found, place) ?? (found.Blobs > 0
                ? $"{place(found.First(raw.SQLITE_BLOB))} has a blob, which is no text"
                : null);
            return why is null ? new TypeDecision(PostgresType.Text, ColumnConversionKind.Converted, "ChosenText") : Refuse(
                PostgresType.Text, why);
        }

        return found.Integers + found.Reals > 0
            ? Refuse(
                PostgresType.Bytea,
                $"{place(found.First(found.Integers > 0 ? raw.SQLITE_INTEGER : raw.SQLITE_FLOAT))} has a number, which is no bytes")
            : new TypeDecision(PostgresType.Bytea, ColumnConversionKind.Converted, "ChosenBytea");
    }

    private static string? Unreadable(ColumnFinding found, Func<long, string> place) =>
        found.FirstNul is { } nul ? $"the text in {place(nul)} contains a NUL"
        : found.FirstInvalid is { } invalid ? $"the text in {place(invalid)} is not valid UTF-8"
        : null;

    private static TypeDecision Mixed(ColumnSchema column, ColumnFinding found, Func<long, string> place)
    {
        // The class that the declared type does not announce is the one to name.
        bool wantsText = ColumnAffinities.FromDeclaredType(column.Type) == ColumnAffinity.Text;
        (int type, string name) = found.Texts > 0 && !wantsText ? (raw.SQLITE_TEXT, "a text")
            : found.Blobs > 0 ? (raw.SQLITE_BLOB, "a blob")
            : found.Reals > 0 ? (raw.SQLITE_FLOAT, "a real number")
            : (raw.SQLITE_INTEGER, "an integer");
        string declared = column.Type.Length == 0 ? "no declared type" : $"the declared type {column.Type}";
        return Refuse(
            PostgresType.Text, $"{place(found.First(type))} has {name} beside values of other classes, in a column with {declared}");
    }

    /// <summary>DECIMAL and the like: PostgreSQL would round a fraction that is stored in a bigint later.</summary>
    private static bool HoldsFractions(ColumnSchema column) =>
        ColumnAffinities.FromDeclaredType(column.Type) is ColumnAffinity.Real ||
        (ColumnAffinities.FromDeclaredType(column.Type) is ColumnAffinity.Numeric && !IsBoolean(column) && !IsDate(column));

    private static PostgresType Declared(ColumnSchema column) => ColumnAffinities.FromDeclaredType(column.Type) switch
    {
        ColumnAffinity.Integer => PostgresType.Bigint,
        ColumnAffinity.Real => PostgresType.Double,
        ColumnAffinity.Numeric when IsBoolean(column) => PostgresType.Bigint,
        ColumnAffinity.Numeric when !IsDate(column) => PostgresType.Double,
        ColumnAffinity.None when column.Type.Length > 0 => PostgresType.Bytea,
        _ => PostgresType.Text,
    };

    private static bool IsBoolean(ColumnSchema column) => Has(column, "BOOL");

    private static bool IsDate(ColumnSchema column) => Has(column, "DATE") || Has(column, "TIME");

    private static bool Has(ColumnSchema column, string word) => column.Type.IndexOf(word, StringComparison.OrdinalIgnoreCase) >= 0;

    private static TypeDecision Keep(PostgresType type, string rule) => new(type, ColumnConversionKind.Unchanged, rule);

    private static TypeDecision Refuse(PostgresType type, string why) => new(type, ColumnConversionKind.Refused, why);
}
