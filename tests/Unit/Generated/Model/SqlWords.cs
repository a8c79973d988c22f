namespace PosTenancy.Tests.Generated.Model;

/// <summary>Names and texts in SQL by the tests' own rules: those of the engine are under test.</summary>
internal static class SqlWords
{
    public static string Quote(string name) => "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    public static string Text(string value) => "'" + value.Replace("'", "''", StringComparison.Ordinal) + "'";

    /// <summary>SQLite's rule for equal names: case is ignored for ASCII letters only.</summary>
    public static bool SameName(string a, string b) =>
        a.Length == b.Length &&
        a.Zip(b)
            .All(p =>
                p.First == p.Second ||
                (char.IsAscii(p.First) && char.IsAscii(p.Second) && char.ToLowerInvariant(p.First) == char.ToLowerInvariant(p.Second)));
}
