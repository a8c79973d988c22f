namespace PosTenancy;

/// <summary>What SQLite makes of a column's declared type (sqlite.org/datatype3.html, 3.1).</summary>
internal enum ColumnAffinity
{
    Text,
    Integer,
    Real,
    Numeric,

    /// <summary>No conversion at all: BLOB, or no type.</summary>
    None,
}

/// <summary>The rules by which SQLite finds a column's affinity, in its order.</summary>
internal static class ColumnAffinities
{
    public static ColumnAffinity FromDeclaredType(string declaredType)
    {
        bool Has(string part) => declaredType.IndexOf(part, StringComparison.OrdinalIgnoreCase) >= 0;
        return declaredType.Length == 0 || (!Has("INT") && !HasText() && Has("BLOB")) ? ColumnAffinity.None
            : Has("INT") ? ColumnAffinity.Integer
            : HasText() ? ColumnAffinity.Text
            : Has("REAL") || Has("FLOA") || Has("DOUB") ? ColumnAffinity.Real
            : ColumnAffinity.Numeric;

        bool HasText() => Has("CHAR") || Has("CLOB") || Has("TEXT");
    }
}
