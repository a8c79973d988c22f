namespace PosTenancy.Engine.Text;

/// <summary>Quotes names and values for SQL. Nothing else does, so that no name can become a statement.</summary>
internal static class Identifier
{
    /// <summary>The names of a rowid, for a column to take or to leave (sqlite.org/lang_createtable.html#rowid).</summary>
    public static readonly string[] RowIdNames = ["rowid", "_rowid_", "oid"];

    /// <summary>A name in double quotes, valid for every name that SQLite itself allows.</summary>
    public static string Quote(string name) => "\"" + name.Replace("\"", "\"\"") + "\"";

    /// <summary>A text value in single quotes, for the places (DEFAULT) where SQLite takes no parameter.</summary>
    public static string Literal(string value) => "'" + value.Replace("'", "''") + "'";

    /// <summary>
    /// SQLite compares names without regard to ASCII case only: 'É' and 'é' are two tables.
    /// Source: sqlite3StrICmp, and "keywords and identifiers" of the SQLite documentation.
    /// </summary>
    public static IEqualityComparer<string> Comparer { get; } = new AsciiCaseComparer();

    private sealed class AsciiCaseComparer : IEqualityComparer<string>
    {
        public bool Equals(string? x, string? y)
        {
            if (x is null || y is null || x.Length != y.Length)
            {
                return x is null && y is null;
            }

            for (int i = 0; i < x.Length; i++)
            {
                if (Fold(x[i]) != Fold(y[i]))
                {
                    return false;
                }
            }

            return true;
        }

        public int GetHashCode(string obj)
        {
            int hash = 17;
            foreach (char c in obj)
            {
                hash = unchecked((hash * 31) + Fold(c));
            }

            return hash;
        }

        private static char Fold(char c) => c is >= 'A' and <= 'Z' ? (char)(c + 32) : c;
    }
}
