using System.Collections;
using System.Management.Automation;

namespace PosTenancy.Commands;

/// <summary>The parameters of a command that copies to PostgreSQL, or plans to.</summary>
/// <remarks>
/// No field and no property has a type of PosTenancy.Postgres: PowerShell reads them when it looks at the command, and would load it and
/// Npgsql for each user.
/// </remarks>
internal static class PostgresParameters
{
    /// <summary>The conversions as they were typed: <c>@{ 'table.column' = 'Text' }</c>.</summary>
    public static IReadOnlyDictionary<string, ValueConversion> Conversions(IDictionary? typed)
    {
        Dictionary<string, ValueConversion> conversions = new(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in typed ?? new Hashtable())
        {
            conversions[$"{entry.Key}"] = LanguagePrimitives.ConvertTo<ValueConversion>(entry.Value);
        }

        return conversions;
    }
}
