using PosTenancy.Engine.Text;

namespace PosTenancy.Postgres.Planning;

/// <summary>What decides how tables look in PostgreSQL.</summary>
/// <param name="Layout">How tenants are laid out.</param>
/// <param name="Schema">The schema of the tables, and with <see cref="CopyLayout.Schema"/> of those that all tenants share.</param>
/// <param name="DateTime">What becomes of dates.</param>
/// <param name="Conversions">The conversion that was chosen for a column, by <c>table.column</c>.</param>
/// <param name="ServerVersion">Version of the server, such as 15.</param>
internal sealed record TargetOptions(
    CopyLayout Layout,
    string Schema,
    DateTimeColumns DateTime,
    IReadOnlyDictionary<string, ValueConversion> Conversions,
    int ServerVersion)
{
    /// <summary>What becomes of rows whose reference names no row.</summary>
    public DanglingReferences Dangling { get; init; }

    /// <summary>Whether Citus spreads the tenants over its nodes.</summary>
    public bool IsSpread { get; init; }

    /// <summary>Whether keys begin with the tenant.</summary>
    public bool HasTenantKeys => Layout != CopyLayout.Schema;

    /// <summary>The chosen conversion of a column.</summary>
    public ValueConversion? Chosen(string table, string column)
    {
        foreach (KeyValuePair<string, ValueConversion> chosen in Conversions)
        {
            if (Identifier.Comparer.Equals(chosen.Key, $"{table}.{column}"))
            {
                return chosen.Value;
            }
        }

        return null;
    }
}
