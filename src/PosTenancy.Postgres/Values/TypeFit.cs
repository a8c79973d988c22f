namespace PosTenancy.Postgres.Values;

/// <summary>Whether a column that exists at the target can take what the rules decided for these values.</summary>
internal static class TypeFit
{
    /// <summary>The decision for the existing type; <see langword="null"/> if it does not hold the values.</summary>
    public static TypeDecision? For(PostgresType existing, TypeDecision wanted, ColumnFinding found) => (existing, wanted.Type) switch
    {
        _ when wanted.Kind == ColumnConversionKind.Refused || existing == wanted.Type => wanted,
        _ when found.Integers + found.Reals + found.Texts + found.Blobs == 0 =>
            new TypeDecision(existing, ColumnConversionKind.Unchanged, "no values: the type at the target"),
        (PostgresType.Double, PostgresType.Bigint) when found.FirstLargeInteger is null =>
            new TypeDecision(existing, ColumnConversionKind.Converted, "IntegersAsDouble"),
        (PostgresType.Bigint, PostgresType.Double) when found.Reals == 0 =>
            new TypeDecision(existing, ColumnConversionKind.Unchanged, "integers"),
        (PostgresType.Date, PostgresType.Text) when found.Form == TextForm.Date =>
            new TypeDecision(existing, ColumnConversionKind.Converted, "TextAsDate"),
        (PostgresType.Timestamp, PostgresType.Text) when found.Form == TextForm.DateTime =>
            new TypeDecision(existing, ColumnConversionKind.Converted, "TextAsTimestamp"),
        (PostgresType.Text, PostgresType.Date or PostgresType.Timestamp) =>
            new TypeDecision(existing, ColumnConversionKind.Unchanged, "texts"),
        _ => null,
    };
}
